with sales_targets as (
    select * from {{ source('desensitised', 'crm_sales_targets') }}
),

stg_crm__sales_targets as (
    select
        plan_key,
        employee_key,
        period_kind,
        period_start_on,
        period_end_on,
        region_code,
        customer_type,
        sales_way,
        target_amount_cny,
        result_amount_cny,
        target_account_count,
        developed_account_count
    from sales_targets
    qualify {{ is_newest_version(['plan_key', 'employee_key', 'period_start_on']) }}
)

select * from stg_crm__sales_targets
