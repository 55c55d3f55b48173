-- A view and no mere step: which quarters changed is asked of it before the model that counts them begins.
{{ config(materialized='view') }}

-- A purchase by somebody who is missing in the customer file stays, with unknown attributes and as a person of his own.
with transactions as (
    select * from {{ ref('stg_crm__transactions') }}
),

customers as (
    select * from {{ ref('int_customers_identified') }}
),

regions as (
    select * from {{ ref('dim_region') }}
),

int_transactions_attributed as (
    select
        transactions.transaction_key,
        coalesce(customers.person_key, transactions.customer_key) as person_key,
        cast(trunc(transactions.traded_on, 'quarter') as date) as quarter_start,
        cast(trunc(transactions.traded_on, 'month') as date) as month_start,
        coalesce(regions.region_code, '{{ var("unknown_region_code") }}') as region_code,
        coalesce(customers.province_code, '{{ var("unknown_region_code") }}') as province_code,
        transactions.product_code,
        transactions.channel,
        coalesce(customers.customer_kind, 'unknown') as customer_kind,
        coalesce(customers.gender, 'unknown') as gender,
        coalesce(customers.age_band, '未知') as age_band,
        coalesce(customers.occupation, 'unknown') as occupation,
        coalesce(customers.industry, 'unknown') as industry,
        coalesce(customers.enterprise_size, 'unknown') as enterprise_size,
        transactions.quantity,
        transactions.amount_cny,
        transactions.source_file_sha256,
        transactions.source_row_number
    from transactions
    left join customers on transactions.customer_key = customers.customer_key
    left join regions on transactions.region_code = regions.region_code
)

select * from int_transactions_attributed
