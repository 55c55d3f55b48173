with metering as (
    select * from {{ source('desensitised', 'power_metering') }}
),

stg_power__metering as (
    select
        meter_key,
        read_on,
        account_key,
        usage_kwh,
        amount_cny
    from metering
    qualify {{ is_newest_version(['meter_key', 'read_on']) }}
)

select * from stg_power__metering
