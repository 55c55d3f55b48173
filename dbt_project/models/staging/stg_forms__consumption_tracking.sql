with consumption_tracking as (
    select * from {{ source('desensitised', 'forms_consumption_tracking') }}
),

stg_forms__consumption_tracking as (
    select
        submission_key,
        partner_key,
        region_code,
        tracked_month,
        product,
        target_group,
        new_customer_count,
        lost_customer_count,
        closing_customer_count,
        consumption_amount_cny,
        refund_amount_cny,
        satisfaction_score,
        {{ local_date('submitted_at') }} as submitted_on,
        arrival_date
    from consumption_tracking
    qualify {{ is_newest_version(['submission_key']) }}
)

select * from stg_forms__consumption_tracking
