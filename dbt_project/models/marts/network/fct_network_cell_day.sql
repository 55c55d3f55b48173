-- The newest days only: the table stays as large whatever the history, and older days are told by grid and by region.
{% set thresholds = var('network_thresholds') %}

with united as (select * from {{ ref('int_network_cell_days_united') }}),

cells as (select * from {{ ref('dim_network_cell') }}),

regions as (select * from {{ ref('dim_region') }}),

cell_days as (
    select *
    from united
    where measured_on > (select date_sub(max(measured_on), {{ var('network_cell_days') }}) from united)
),

shares as (
    select
        *,
        try_divide(rrc_success_count, rrc_attempt_count) as rrc_success_share,
        try_divide(erab_drop_count, erab_release_count) as erab_drop_share,
        try_divide(available_s, observed_s) as availability_share,
        coalesce(observed_s, 0) / 86400 as observed_share,
        {{ suppress_small_cells('try_divide(weak_report_count, report_count)', people='connection_count') }}
            as weak_report_share,
        coalesce(rrc_attempt_count - rrc_success_count, 0) + coalesce(erab_drop_count, 0) as failed_connection_count
    from cell_days
),

problems_told as (
    select
        *,
        nullif(concat_ws('；',
            case when rrc_success_share < {{ thresholds.rrc_success_share }} then '无线接通率低' end,
            case when erab_drop_share > {{ thresholds.erab_drop_share }} then '掉线率高' end,
            case when availability_share < {{ thresholds.availability_share }} then '可用率低' end,
            case when weak_report_share > {{ thresholds.weak_report_share }} then '弱覆盖' end
        ), '') as problem_text
    from shares
),

-- Among the cells with a problem the one that cost most connections is the worst; the numbers make the order full.
problems_ranked as (
    select
        *,
        case when problem_text is not null then row_number() over (
            partition by region_code, measured_on, problem_text is null
            order by failed_connection_count desc, enodeb_id, cell_id
        ) end as worst_rank
    from problems_told
),

fct_network_cell_day as (
    select
        problems_ranked.enodeb_id,
        problems_ranked.cell_id,
        problems_ranked.measured_on as date,
        problems_ranked.region_code,
        regions.city_name,
        regions.province_name,
        problems_ranked.grid_name,
        cells.network_standard,
        cells.band_code,
        cells.is_indoor,
        problems_ranked.rrc_success_share,
        problems_ranked.erab_drop_share,
        problems_ranked.availability_share,
        problems_ranked.downlink_kb / 1000000 as downlink_gb,
        problems_ranked.observed_share,
        try_divide(problems_ranked.suspect_count, problems_ranked.measurement_count) as suspect_share,
        {{ suppress_small_cells('problems_ranked.connection_count',
                                people='problems_ranked.connection_count') }} as connection_count,
        {{ suppress_small_cells('problems_ranked.report_count',
                                people='problems_ranked.connection_count') }} as report_count,
        {{ suppress_small_cells('try_divide(problems_ranked.rsrp_sum_dbm, problems_ranked.report_count)',
                                people='problems_ranked.connection_count') }} as mean_rsrp_dbm,
        problems_ranked.weak_report_share,
        {{ suppress_small_cells('try_divide(problems_ranked.sinr_sum_db, problems_ranked.sinr_report_count)',
                                people='problems_ranked.connection_count') }} as mean_sinr_db,
        problems_ranked.drive_sample_count,
        try_divide(problems_ranked.drive_rsrp_sum_dbm, problems_ranked.drive_rsrp_count) as drive_mean_rsrp_dbm,
        try_divide(problems_ranked.drive_weak_count, problems_ranked.drive_rsrp_count) as drive_weak_share,
        try_divide(problems_ranked.drive_speed_sum_kbit_s, problems_ranked.drive_speed_count) / 1000
            as drive_downlink_mbps,
        problems_ranked.failed_connection_count,
        problems_ranked.problem_text,
        problems_ranked.worst_rank
    from problems_ranked
    inner join regions on problems_ranked.region_code = regions.region_code
    left join cells
        on problems_ranked.enodeb_id = cells.enodeb_id and problems_ranked.cell_id = cells.cell_id
)

select * from fct_network_cell_day
