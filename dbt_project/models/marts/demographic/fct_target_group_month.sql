with market_feedback as (
    select * from {{ ref('stg_forms__market_feedback') }}
),

target_groups as {{ code_list('target_group') }},

feedback_summed as (
    select
        coalesce(target_group, 'unknown') as target_group,
        cast(trunc(filled_on, 'month') as date) as month_start,
        count(*) as feedback_count,
        count(distinct partner_key) as partner_count,
        sum(sms_count) as sms_count,
        sum(enquiry_call_count) as enquiry_call_count,
        -- Only forms that state both numbers: calls without known messages would flatter the conversion.
        sum(enquiry_call_count) filter (where sms_count is not null) as answering_call_count,
        sum(sms_count) filter (where enquiry_call_count is not null) as answered_sms_count
    from market_feedback
    group by 1, 2
),

fct_target_group_month as (
    select
        feedback_summed.target_group,
        target_groups.code_name as target_group_name,
        feedback_summed.month_start,
        feedback_summed.feedback_count,
        {{ suppress_small_cells('feedback_summed.partner_count',
                                people='feedback_summed.partner_count') }} as partner_count,
        feedback_summed.sms_count,
        feedback_summed.enquiry_call_count,
        try_divide(1000 * feedback_summed.answering_call_count, feedback_summed.answered_sms_count)
            as enquiry_per_thousand_sms
    from feedback_summed
    left join target_groups on feedback_summed.target_group = target_groups.code
)

select * from fct_target_group_month
