with walk_ins as (
    select * from {{ source('desensitised', 'dealer_walk_ins') }}
),

stg_dealer__walk_ins as (
    select
        visit_key,
        arrived_at,
        left_at,
        intended_model,
        information_source,
        consultant_key,
        contact_kind,
        has_test_drive,
        contact_phone_key,
        arrival_date
    from walk_ins
    qualify {{ is_newest_version(['visit_key']) }}
)

select * from stg_dealer__walk_ins
