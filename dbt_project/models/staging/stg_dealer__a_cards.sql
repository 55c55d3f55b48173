with a_cards as (
    select * from {{ source('desensitised', 'dealer_a_cards') }}
),

stg_dealer__a_cards as (
    select
        card_key,
        visit_key,
        consultant_key,
        contact_phone_key,
        information_source,
        wanted_model,
        opened_on,
        intention_level,
        first_reception_summary_stars,
        next_visit_plan_stars,
        visit_record_stars,
        last_visited_on,
        next_visit_on,
        supervisor_reviewed_on,
        ordered_on,
        delivered_on,
        result,
        arrival_date
    from a_cards
    qualify {{ is_newest_version(['card_key']) }}
)

select * from stg_dealer__a_cards
