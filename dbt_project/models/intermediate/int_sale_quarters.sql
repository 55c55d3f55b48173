-- What each quarter is counted from: the transactions, their versions and all that the groups take from the customer file.
-- A customer whose attributes change therefore has the quarters counted again in which he bought. A table, so that
-- everything that asks which quarters changed has one answer and history is gone through once.
{{ config(materialized='table') }}

with transactions as (
    select * from {{ ref('int_transactions_attributed') }}
),

int_sale_quarters as (
    select
        quarter_start,
        {{ fingerprint_of([
            'transaction_key', 'source_file_sha256', 'source_row_number', 'person_key', 'region_code', 'province_code',
            'customer_kind', 'gender', 'age_band', 'occupation', 'industry', 'enterprise_size'
        ]) }} as quarter_fingerprint
    from transactions
    group by quarter_start
)

select * from int_sale_quarters
