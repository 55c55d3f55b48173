with meter_orders as (
    select * from {{ source('desensitised', 'power_meter_orders') }}
),

stg_power__meter_orders as (
    select
        order_key,
        application_key,
        supply_station,
        installed_on,
        returned_on,
        arrival_date
    from meter_orders
    qualify {{ is_newest_version(['order_key']) }}
)

select * from stg_power__meter_orders
