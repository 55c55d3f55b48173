-- Both marts that count the forms hold every form of staging, and the tickets of the region mart are those of the forms.
with staged as (
    select
        count(*) as feedback_count,
        coalesce(sum(coalesce(school_ticket_count, 0) + coalesce(organisation_ticket_count, 0)), 0) as ticket_count
    from {{ ref('stg_forms__market_feedback') }}
),

by_region as (
    select coalesce(sum(feedback_count), 0) as feedback_count, coalesce(sum(ticket_count), 0) as ticket_count
    from {{ ref('fct_region_month') }}
),

by_target_group as (
    select coalesce(sum(feedback_count), 0) as feedback_count from {{ ref('fct_target_group_month') }}
)

select staged.*, by_region.feedback_count as by_region_count, by_target_group.feedback_count as by_target_group_count
from staged
cross join by_region
cross join by_target_group
where staged.feedback_count <> by_region.feedback_count
    or staged.ticket_count <> by_region.ticket_count
    or staged.feedback_count <> by_target_group.feedback_count
