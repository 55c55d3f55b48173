with market_feedback as (
    select
        *,
        cast(trunc(filled_on, 'month') as date) as month_start
    from {{ ref('stg_forms__market_feedback') }}
),

regions as (
    select * from {{ ref('dim_region') }}
),

feedback_located as (
    select
        market_feedback.*,
        coalesce(regions.region_code, '{{ var("unknown_region_code") }}') as located_region_code
    from market_feedback
    left join regions on market_feedback.region_code = regions.region_code
),

-- How many schools and pupils there are is a state: a partner who reports twice in a month must not count twice, so his
-- newest form speaks. What he did (tickets, leaflets, messages, calls) adds up over his forms.
feedback_ranked as (
    select
        *,
        row_number() over (
            partition by located_region_code, month_start, partner_key
            order by filled_on desc, submitted_at desc, submission_key desc
        ) = 1 as is_newest_of_partner
    from feedback_located
),

int_feedback_by_region_month as (
    select
        located_region_code as region_code,
        month_start,
        count(*) as feedback_count,
        sum({{ sum_of_known(['primary_school_count', 'middle_school_count', 'private_school_count']) }})
            filter (where is_newest_of_partner) as school_count,
        sum(enrolled_student_count) filter (where is_newest_of_partner) as enrolled_student_count,
        sum(contacted_school_count) filter (where is_newest_of_partner) as contacted_school_count,
        sum({{ sum_of_known(['school_ticket_count', 'organisation_ticket_count']) }}) as ticket_count,
        sum(leaflet_count) as leaflet_count,
        sum(sms_count) as sms_count,
        sum(enquiry_call_count) as enquiry_call_count
    from feedback_ranked
    group by located_region_code, month_start
)

select * from int_feedback_by_region_month
