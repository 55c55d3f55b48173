with engineering_parameters as (
    select * from {{ ref('stg_network__engineering_parameters') }}
),

-- The workbooks write a city with or without its last word (杭州, 杭州市). No name stands for two cities.
city_spellings as (
    select region_code, explode(array_distinct(array(name, short_name))) as city_name
    from (select code as region_code, name, short_name from {{ ref('regions') }} where level = 'city')
    where short_name is not null
),

dim_network_cell as (
    select
        engineering_parameters.enodeb_id,
        engineering_parameters.cell_id,
        coalesce(city_spellings.region_code, '{{ var("unknown_region_code") }}') as region_code,
        coalesce(nullif(trim(engineering_parameters.grid_name), ''), '未知') as grid_name,
        engineering_parameters.vendor,
        engineering_parameters.network_standard,
        engineering_parameters.band_code,
        engineering_parameters.is_indoor
    from engineering_parameters
    left join city_spellings on trim(engineering_parameters.city_name) = city_spellings.city_name
)

select * from dim_network_cell
