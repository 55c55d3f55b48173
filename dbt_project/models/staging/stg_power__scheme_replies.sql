with scheme_replies as (
    select * from {{ source('desensitised', 'power_scheme_replies') }}
),

stg_power__scheme_replies as (
    select
        scheme_key,
        application_key,
        supply_station,
        supply_voltage,
        region_code,
        notice_issued_on,
        extension_applied_on,
        extended_until,
        construction_started_on,
        arrival_date
    from scheme_replies
    qualify {{ is_newest_version(['scheme_key']) }}
)

select * from stg_power__scheme_replies
