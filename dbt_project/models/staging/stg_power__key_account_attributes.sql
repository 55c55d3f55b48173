with key_account_attributes as (
    select * from {{ source('desensitised', 'power_key_account_attributes') }}
),

stg_power__key_account_attributes as (
    select
        account_key,
        customer_key,
        industry,
        enterprise_size,
        customer_type,
        customer_priority,
        importance,
        electricity_contribution_kwh,
        sales_revenue_cny,
        supply_voltage,
        receiving_capacity_kva,
        load_grade,
        region_code,
        manager_key,
        manager_layer,
        assessed_on,
        arrival_date
    from key_account_attributes
    qualify {{ is_newest_version(['account_key']) }}
)

select * from stg_power__key_account_attributes
