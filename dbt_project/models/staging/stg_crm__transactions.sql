-- The largest table with a key of its own, so the newest versions are kept instead of looked for in all history at
-- every build. A batch is stamped before it is committed, hence the two days of overlap with what is held already.
{{ config(materialized='incremental', incremental_strategy='merge', unique_key='transaction_key',
          tblproperties={'delta.dataSkippingNumIndexedCols': '0'},
          pre_hook="{{ forget_all_if_some_vanished(source('desensitised', 'crm_transactions'), 'transaction_key') }}") }}

with transactions_arrived as (
    select
        transaction_key,
        customer_key,
        product_code,
        quantity,
        amount_cny,
        traded_on,
        region_code,
        channel,
        source_file_sha256,
        source_row_number,
        ingested_at
    from {{ source('desensitised', 'crm_transactions') }}
    {% if is_incremental() %}
    where ingested_at >= (select coalesce(max(ingested_at), timestamp'2000-01-01') - interval 2 days from {{ this }})
    {% endif %}
),

versions_compared as (
    select *, false as is_held from transactions_arrived
    {% if is_incremental() %}
    -- The version that is held competes too: a batch that was committed late may hold an older one.
    union all
    select held.*, true as is_held
    from {{ this }} as held
    left semi join transactions_arrived on held.transaction_key = transactions_arrived.transaction_key
    {% endif %}
),

versions_chosen as (
    select *
    from versions_compared
    qualify {{ is_newest_version(['transaction_key'], then_by='is_held desc') }}
),

stg_crm__transactions as (
    select
        transaction_key,
        customer_key,
        product_code,
        quantity,
        amount_cny,
        traded_on,
        region_code,
        channel,
        source_file_sha256,
        source_row_number,
        ingested_at
    from versions_chosen
    where not is_held
)

select * from stg_crm__transactions
