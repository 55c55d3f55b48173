-- An object name that is no cell of a base station (another element, another vendor's style) leaves the two ids NULL.
{% set cell_name = "'EUtranCell[FT]DD=([0-9]+)-([0-9]+)'" %}

with cell_measurements as (
    select * from {{ source('desensitised', 'network_cell_measurements') }}
),

stg_network__cell_measurements as (
    select
        measured_object,
        measurement_group,
        counter_name,
        period_ended_at,
        {{ measured_on('period_ended_at') }} as measured_on,
        try_cast(regexp_extract(measured_object, {{ cell_name }}, 1) as bigint) as enodeb_id,
        try_cast(regexp_extract(measured_object, {{ cell_name }}, 2) as bigint) as cell_id,
        granularity_s,
        value,
        is_suspect
    from cell_measurements
    qualify {{ is_newest_version(['measured_object', 'measurement_group', 'counter_name', 'period_ended_at']) }}
)

select * from stg_network__cell_measurements
