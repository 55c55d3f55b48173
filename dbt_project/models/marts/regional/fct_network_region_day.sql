with regions as (
    select * from {{ ref('dim_region') }}
),

cell_days as (
    select * from {{ ref('int_network_cell_days_located') }}
),

cell_days_summed as (
    select
        region_code,
        measured_on,
        count(distinct enodeb_id, cell_id) as cell_count,
        {{ network_quality() }},
        try_divide(sum(suspect_count), sum(measurement_count)) as suspect_share
    from cell_days
    group by region_code, measured_on
),

fct_network_region_day as (
    select
        regions.region_code,
        regions.city_name,
        regions.province_name,
        cell_days_summed.measured_on as date,
        cell_days_summed.cell_count,
        cell_days_summed.rrc_success_share,
        cell_days_summed.erab_drop_share,
        cell_days_summed.availability_share,
        cell_days_summed.downlink_gb,
        cell_days_summed.suspect_share
    from cell_days_summed
    inner join regions on cell_days_summed.region_code = regions.region_code
)

select * from fct_network_region_day
