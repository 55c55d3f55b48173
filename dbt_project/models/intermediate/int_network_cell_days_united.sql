-- Counters, measurement reports and drive tests of a cell and day side by side; one that has only some of them stays. The
-- moment of a drive test is a day already.
with counters as (select * from {{ ref('int_network_cell_days') }}),

reports as (select * from {{ ref('int_report_cell_days') }}),

drive_tests as (
    select
        enodeb_id,
        cell_id,
        measured_on,
        count(*) as drive_sample_count,
        count(rsrp_dbm) as drive_rsrp_count,
        count_if(rsrp_dbm < {{ var('weak_rsrp_dbm') }}) as drive_weak_count,
        sum(rsrp_dbm) as drive_rsrp_sum_dbm,
        count(downlink_kbit_s) as drive_speed_count,
        sum(downlink_kbit_s) as drive_speed_sum_kbit_s
    from {{ ref('stg_network__drive_tests') }}
    where enodeb_id is not null and cell_id is not null
    group by enodeb_id, cell_id, measured_on
),

cells as (select * from {{ ref('dim_network_cell') }}),

cell_days as (
    select enodeb_id, cell_id, measured_on from counters
    union
    select enodeb_id, cell_id, measured_on from reports
    union
    select enodeb_id, cell_id, measured_on from drive_tests
),

int_network_cell_days_united as (
    select
        cell_days.enodeb_id,
        cell_days.cell_id,
        cell_days.measured_on,
        coalesce(cells.region_code, '{{ var("unknown_region_code") }}') as region_code,
        coalesce(cells.grid_name, '未知') as grid_name,
        counters.rrc_attempt_count,
        counters.rrc_success_count,
        counters.erab_release_count,
        counters.erab_drop_count,
        counters.available_s,
        counters.observed_s,
        counters.downlink_kb,
        counters.measurement_count,
        counters.suspect_count,
        reports.connection_count,
        reports.report_count,
        reports.weak_report_count,
        reports.rsrp_sum_dbm,
        reports.sinr_report_count,
        reports.sinr_sum_db,
        drive_tests.drive_sample_count,
        drive_tests.drive_rsrp_count,
        drive_tests.drive_weak_count,
        drive_tests.drive_rsrp_sum_dbm,
        drive_tests.drive_speed_count,
        drive_tests.drive_speed_sum_kbit_s
    from cell_days
    left join counters
        on cell_days.enodeb_id = counters.enodeb_id and cell_days.cell_id = counters.cell_id
        and cell_days.measured_on = counters.measured_on
    left join reports
        on cell_days.enodeb_id = reports.enodeb_id and cell_days.cell_id = reports.cell_id
        and cell_days.measured_on = reports.measured_on
    left join drive_tests
        on cell_days.enodeb_id = drive_tests.enodeb_id and cell_days.cell_id = drive_tests.cell_id
        and cell_days.measured_on = drive_tests.measured_on
    left join cells on cell_days.enodeb_id = cells.enodeb_id and cell_days.cell_id = cells.cell_id
)

select * from int_network_cell_days_united
