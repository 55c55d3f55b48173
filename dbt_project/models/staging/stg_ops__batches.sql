-- The marts go through the ledger like a dataset; they are no arrival.
with batches as (
    select * from {{ source('ops', 'batches') }} where dataset <> 'marts'
),

stg_ops__batches as (
    select
        dataset,
        batch_id,
        zone,
        state,
        arrival_date,
        row_count
    from batches
)

select * from stg_ops__batches
