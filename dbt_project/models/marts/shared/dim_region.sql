with regions as (
    select * from {{ ref('regions') }}
),

provinces as (
    select * from regions where level = 'province'
),

cities as (
    select
        cities.code as region_code,
        cities.name as city_name,
        provinces.code as province_code,
        provinces.name as province_name,
        provinces.iso_3166_2 as province_iso
    from regions as cities
    inner join provinces on cities.parent_code = provinces.code
    where cities.level = 'city'
),

-- Taiwan, Hong Kong and Macao have no cities in the standard; the province stands for its only region.
provinces_without_cities as (
    select
        provinces.code as region_code,
        provinces.name as city_name,
        provinces.code as province_code,
        provinces.name as province_name,
        provinces.iso_3166_2 as province_iso
    from provinces
    left anti join cities on provinces.code = cities.province_code
),

-- What cannot be placed keeps its row in every fact, so that the totals of all marts agree.
unknown_region as (
    select
        '{{ var("unknown_region_code") }}' as region_code,
        '未知' as city_name,
        '{{ var("unknown_region_code") }}' as province_code,
        '未知' as province_name,
        cast(null as string) as province_iso
),

regions_placed as (
    select * from cities
    union all
    select * from provinces_without_cities
    union all
    select * from unknown_region
),

dim_region as (
    select
        region_code,
        -- 重庆市 is a province and two regions of its own name; 浙江省杭州市 says both levels.
        case when city_name = province_name then city_name else concat(province_name, city_name) end as region_name,
        city_name,
        province_code,
        province_name,
        province_iso
    from regions_placed
)

select * from dim_region
