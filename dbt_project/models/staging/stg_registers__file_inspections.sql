with file_inspections as (
    select * from {{ source('desensitised', 'registers_file_inspections') }}
),

stg_registers__file_inspections as (
    select
        inspection_key,
        department,
        half_year,
        inspected_on,
        missing_file_count,
        damaged_file_count,
        arrival_date
    from file_inspections
    qualify {{ is_newest_version(['inspection_key']) }}
)

select * from stg_registers__file_inspections
