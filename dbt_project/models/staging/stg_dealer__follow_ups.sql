with follow_ups as (
    select * from {{ source('desensitised', 'dealer_follow_ups') }}
),

stg_dealer__follow_ups as (
    select
        follow_up_key,
        card_key,
        stage,
        planned_on,
        visited_on,
        visit_state,
        visit_record_stars,
        level_before,
        level_after,
        reviewed_on,
        guidance_stars,
        arrival_date
    from follow_ups
    qualify {{ is_newest_version(['follow_up_key']) }}
)

select * from stg_dealer__follow_ups
