with connection_register as (
    select * from {{ source('desensitised', 'power_connection_register') }}
),

stg_power__connection_register as (
    select
        register_key,
        application_key,
        supply_station,
        source_kind,
        supply_voltage,
        region_code,
        stage,
        accepted_on,
        sent_to_marketing_on,
        scheme_replied_on,
        arrival_date
    from connection_register
    qualify {{ is_newest_version(['register_key']) }}
)

select * from stg_power__connection_register
