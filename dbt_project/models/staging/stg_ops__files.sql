with files as (
    select * from {{ source('ops', 'files') }}
),

stg_ops__files as (
    select
        dataset,
        file_sha256,
        arrival_date,
        first_seen_at,
        deliveries,
        state,
        rows_in,
        rows_loaded,
        rows_quarantined,
        rows_duplicate
    from files
)

select * from stg_ops__files
