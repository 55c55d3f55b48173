with verdicts as (
    select * from {{ source('ops', 'verdicts') }} where dataset <> 'marts'
),

stg_ops__verdicts as (
    select
        dataset,
        batch_id,
        gate,
        rule,
        severity,
        passed
    from verdicts
)

select * from stg_ops__verdicts
