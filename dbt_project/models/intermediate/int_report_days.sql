-- A table, so that everything that asks which days changed has one answer and history is gone through once. The local day
-- follows from the key alone: a correction never moves a row to another day, and rows need not be deduplicated first.
{{ config(materialized='table') }}

with mro_samples as (
    select * from {{ source('desensitised', 'network_mro_samples') }}
),

int_report_days as (
    select
        {{ measured_on('period_ended_at') }} as measured_on,
        {{ fingerprint_of(['source_file_sha256', 'source_row_number', 'ingested_at']) }} as day_fingerprint
    from mro_samples
    group by 1
)

select * from int_report_days
