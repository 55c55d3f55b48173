with engineering_parameters as (
    select * from {{ source('desensitised', 'network_engineering_parameters') }}
),

stg_network__engineering_parameters as (
    select
        enodeb_id,
        cell_id,
        city_name,
        grid_name,
        vendor,
        network_standard,
        band_code,
        is_indoor
    from engineering_parameters
    qualify {{ is_newest_version(['enodeb_id', 'cell_id']) }}
)

select * from stg_network__engineering_parameters
