with supply_contracts as (
    select * from {{ source('desensitised', 'power_supply_contracts') }}
),

stg_power__supply_contracts as (
    select
        contract_key,
        customer_key,
        contract_capacity_kva,
        signed_on,
        valid_until,
        contract_state,
        arrival_date
    from supply_contracts
    qualify {{ is_newest_version(['contract_key']) }}
)

select * from stg_power__supply_contracts
