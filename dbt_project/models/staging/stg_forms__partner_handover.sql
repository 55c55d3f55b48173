with partner_handover as (
    select * from {{ source('desensitised', 'forms_partner_handover') }}
),

stg_forms__partner_handover as (
    select
        submission_key,
        partner_key,
        region_code,
        {{ local_date('coalesce(received_at, handed_over_at)') }} as received_on,
        {{ local_date('verified_at') }} as verified_on,
        surveys_sent_on,
        reply_promised_on,
        arrival_date
    from partner_handover
    qualify {{ is_newest_version(['submission_key']) }}
)

select * from stg_forms__partner_handover
