with retail_accounts as (
    select * from {{ source('desensitised', 'crm_retail_accounts') }}
),

stg_crm__retail_accounts as (
    select
        customer_key,
        customer_type,
        industry,
        region_code,
        manager_key,
        development_state,
        annual_target_cny,
        sales_to_date_cny,
        last_visited_on,
        arrival_date
    from retail_accounts
    qualify {{ is_newest_version(['customer_key']) }}
)

select * from stg_crm__retail_accounts
