-- The three defects that D05-4 names. What counts as incomplete or as a forgery is our own choice: a forged line repeats a
-- telephone of the same day or tells of a stay that nobody has.
with walk_ins as (
    select
        *,
        {{ local_date('arrived_at') }} as visited_on,
        (unix_timestamp(left_at) - unix_timestamp(arrived_at)) / 60 as stay_minutes
    from {{ ref('stg_dealer__walk_ins') }}
),

int_visits_checked as (
    select
        visit_key,
        coalesce(contact_phone_key, visit_key) as person_key,
        consultant_key,
        coalesce(information_source, 'unknown') as information_source,
        visited_on,
        contact_kind = 'call' as is_call,
        coalesce(has_test_drive, false) as has_test_drive,
        information_source is null as is_source_missing,
        contact_phone_key is null or intended_model is null or left_at is null as is_incomplete,
        coalesce(
            (contact_phone_key is not null and count(*) over (partition by contact_phone_key, visited_on) > 1)
            or (contact_kind = 'visit' and stay_minutes not between 1 and 720),
            false
        ) as is_implausible
    from walk_ins
)

select * from int_visits_checked
