{% set attributes = ['customer_key', 'industry', 'enterprise_size', 'customer_type', 'customer_priority', 'importance',
                     'supply_voltage', 'receiving_capacity_kva', 'load_grade', 'credit_status', 'credit_grade',
                     'region_code', 'manager_key', 'manager_layer'] %}

with versions as (
    {{ history_of(source('desensitised', 'power_key_account_attributes'), 'account_key', attributes) }}
),

stg_power__key_account_history as (
    select
        account_key,
        customer_key,
        industry,
        enterprise_size,
        customer_type,
        customer_priority,
        importance,
        supply_voltage,
        receiving_capacity_kva,
        load_grade,
        credit_status,
        credit_grade,
        region_code,
        manager_key,
        manager_layer,
        valid_from,
        valid_to,
        valid_to is null as is_current
    from versions
)

select * from stg_power__key_account_history
