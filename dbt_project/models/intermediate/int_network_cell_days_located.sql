with cell_days as (
    select * from {{ ref('int_network_cell_days') }}
),

engineering_parameters as (
    select * from {{ ref('stg_network__engineering_parameters') }}
),

-- The workbooks write a city with or without its last word (杭州, 杭州市). No name stands for two cities.
city_spellings as (
    select region_code, explode(array_distinct(array(name, short_name))) as city_name
    from (select code as region_code, name, short_name from {{ ref('regions') }} where level = 'city')
    where short_name is not null
),

int_network_cell_days_located as (
    select
        coalesce(city_spellings.region_code, '{{ var("unknown_region_code") }}') as region_code,
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
    left join engineering_parameters
        on cell_days.enodeb_id = engineering_parameters.enodeb_id
        and cell_days.cell_id = engineering_parameters.cell_id
    left join city_spellings on trim(engineering_parameters.city_name) = city_spellings.city_name
)

select * from int_network_cell_days_located
