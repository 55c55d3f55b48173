with history as (select * from {{ ref('stg_power__key_account_history') }}),

regions as (select * from {{ ref('dim_region') }}),

-- Only those accounts that the mart of the present shows: a natural person is no key account there, nor here.
shown as (select customer_key from {{ ref('int_key_accounts') }}),

dim_key_account as (
    select
        {{ code_for_readers('history.account_key', 'dim_key_account') }} as electricity_account_code,
        {{ code_for_readers('history.customer_key', 'fct_key_account') }} as account_code,
        history.valid_from,
        history.valid_to,
        history.is_current,
        coalesce(regions.region_code, '{{ var("unknown_region_code") }}') as region_code,
        {{ code_for_readers('history.manager_key', 'fct_key_account') }} as manager_code,
        history.manager_layer,
        history.industry,
        history.enterprise_size,
        history.customer_type,
        history.customer_priority,
        history.importance,
        history.supply_voltage,
        history.receiving_capacity_kva,
        history.load_grade,
        history.credit_status,
        history.credit_grade
    from history
    left semi join shown on history.customer_key = shown.customer_key
    left join regions on history.region_code = regions.region_code
)

select * from dim_key_account
