with cell_days as (
    select * from {{ ref('int_network_cell_days') }}
),

cells as (
    select * from {{ ref('dim_network_cell') }}
),

int_network_cell_days_located as (
    select
        coalesce(cells.region_code, '{{ var("unknown_region_code") }}') as region_code,
        coalesce(cells.grid_name, '未知') as grid_name,
        cell_days.enodeb_id,
        cell_days.cell_id,
        cell_days.measured_on,
        cell_days.rrc_attempt_count,
        cell_days.rrc_success_count,
        cell_days.erab_release_count,
        cell_days.erab_drop_count,
        cell_days.available_s,
        cell_days.observed_s,
        cell_days.downlink_kb,
        cell_days.measurement_count,
        cell_days.suspect_count
    from cell_days
    left join cells
        on cell_days.enodeb_id = cells.enodeb_id
        and cell_days.cell_id = cells.cell_id
)

select * from int_network_cell_days_located
