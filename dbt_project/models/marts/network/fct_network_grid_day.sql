with united as (select * from {{ ref('int_network_cell_days_united') }}),

regions as (select * from {{ ref('dim_region') }}),

cells_of_grids as (
    select region_code, grid_name, count(*) as known_cell_count
    from {{ ref('dim_network_cell') }}
    group by region_code, grid_name
),

grid_days as (
    select
        region_code,
        grid_name,
        measured_on,
        count(measurement_count) as reporting_cell_count,
        sum(observed_s) as observed_s,
        {{ network_quality() }},
        try_divide(sum(suspect_count), sum(measurement_count)) as suspect_share,
        sum(connection_count) as connection_count,
        sum(report_count) as report_count,
        try_divide(sum(rsrp_sum_dbm), sum(report_count)) as mean_rsrp_dbm,
        try_divide(sum(weak_report_count), sum(report_count)) as weak_report_share,
        sum(drive_sample_count) as drive_sample_count,
        try_divide(sum(drive_rsrp_sum_dbm), sum(drive_rsrp_count)) as drive_mean_rsrp_dbm,
        try_divide(sum(drive_weak_count), sum(drive_rsrp_count)) as drive_weak_share,
        try_divide(sum(drive_speed_sum_kbit_s), sum(drive_speed_count)) / 1000 as drive_downlink_mbps
    from united
    group by region_code, grid_name, measured_on
),

fct_network_grid_day as (
    select
        grid_days.region_code,
        regions.city_name,
        regions.province_name,
        grid_days.grid_name,
        grid_days.measured_on as date,
        grid_days.reporting_cell_count,
        cells_of_grids.known_cell_count,
        try_divide(grid_days.observed_s, 86400 * cells_of_grids.known_cell_count) as observed_share,
        grid_days.rrc_success_share,
        grid_days.erab_drop_share,
        grid_days.availability_share,
        grid_days.downlink_gb,
        grid_days.suspect_share,
        {{ suppress_small_cells('grid_days.connection_count', people='grid_days.connection_count') }} as connection_count,
        {{ suppress_small_cells('grid_days.report_count', people='grid_days.connection_count') }} as report_count,
        {{ suppress_small_cells('grid_days.mean_rsrp_dbm', people='grid_days.connection_count') }} as mean_rsrp_dbm,
        {{ suppress_small_cells('grid_days.weak_report_share', people='grid_days.connection_count') }} as weak_report_share,
        grid_days.drive_sample_count,
        grid_days.drive_mean_rsrp_dbm,
        grid_days.drive_weak_share,
        grid_days.drive_downlink_mbps
    from grid_days
    inner join regions on grid_days.region_code = regions.region_code
    left join cells_of_grids
        on grid_days.region_code = cells_of_grids.region_code and grid_days.grid_name = cells_of_grids.grid_name
)

select * from fct_network_grid_day
