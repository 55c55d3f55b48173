-- The six defects that D05-6 names, each card judged as of the newest arrival of the cards. How long a review may take and
-- how often a level is visited is outside practice (DEC-3), in seeds/intention_levels.csv and dbt_project.yml. A table,
-- because two marts read it from six sides.
{{ config(materialized='table') }}

with cards as (select *, {{ as_of_date() }} from {{ ref('stg_dealer__a_cards') }}),

follow_ups as (select * from {{ ref('stg_dealer__follow_ups') }}),

levels as (select * from {{ ref('intention_levels') }}),

follow_ups_of_cards as (
    select
        card_key,
        bool_or(visit_state = 'missed' or visited_on > planned_on) as has_missed_plan,
        bool_or(visit_state = 'done' and visit_record_stars is null) as has_empty_record,
        bool_or(visit_state = 'done' and stage = 'order_to_delivery') as has_visit_before_delivery,
        max(visited_on) as last_visited_on
    from follow_ups
    group by card_key
),

cards_judged as (
    select
        cards.*,
        greatest(cards.last_visited_on, follow_ups_of_cards.last_visited_on) as newest_visit_on,
        follow_ups_of_cards.has_missed_plan,
        follow_ups_of_cards.has_empty_record,
        follow_ups_of_cards.has_visit_before_delivery,
        levels.visit_every_days
    from cards
    left join follow_ups_of_cards on cards.card_key = follow_ups_of_cards.card_key
    left join levels on cards.intention_level = levels.intention_level
),

int_cards_checked as (
    select
        card_key,
        coalesce(contact_phone_key, card_key) as person_key,
        consultant_key,
        coalesce(information_source, 'unknown') as information_source,
        coalesce(intention_level, 'unknown') as intention_level,
        opened_on,
        ordered_on,
        delivered_on,
        result,
        as_of_date,
        coalesce(result in ('open', 'ordered') and next_visit_on < as_of_date
            and coalesce(newest_visit_on < next_visit_on, true), false) as is_follow_up_overdue,
        first_reception_summary_stars is null as lacks_summary,
        result = 'open' and (next_visit_on is null or next_visit_plan_stars is null) as lacks_plan,
        coalesce(has_missed_plan, false) as has_missed_plan,
        coalesce(supervisor_reviewed_on, as_of_date) > date_add(opened_on, {{ var('card_review_days') }}) as is_reviewed_late,
        coalesce(has_empty_record, false) or coalesce(
            result = 'open' and datediff(next_visit_on, coalesce(newest_visit_on, opened_on)) > visit_every_days, false
        ) as has_poor_plan,
        ordered_on is not null and not coalesce(has_visit_before_delivery, false)
            and coalesce(delivered_on, as_of_date) > date_add(ordered_on, {{ var('order_follow_up_days') }})
            as lacks_order_follow_up
    from cards_judged
)

select * from int_cards_checked
