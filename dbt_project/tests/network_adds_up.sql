-- The newest day of the grids holds the reports and the volume of its cells; one day only, so the cost follows no history.
with newest as (select max(measured_on) as day from {{ ref('int_network_cell_days_united') }}),

cells as (
    select coalesce(sum(downlink_kb), 0) / 1000000 as downlink_gb, coalesce(sum(drive_sample_count), 0) as drive_sample_count
    from {{ ref('int_network_cell_days_united') }}
    where measured_on = (select day from newest)
),

grids as (
    select coalesce(sum(downlink_gb), 0) as downlink_gb, coalesce(sum(drive_sample_count), 0) as drive_sample_count
    from {{ ref('fct_network_grid_day') }}
    where date = (select day from newest)
)

select cells.*, grids.downlink_gb as grid_downlink_gb, grids.drive_sample_count as grid_drive_sample_count
from cells
cross join grids
where abs(cells.downlink_gb - grids.downlink_gb) > 0.001 * greatest(cells.downlink_gb, 1)
    or cells.drive_sample_count <> grids.drive_sample_count
