with cell_positions as (
    select * from {{ source('desensitised', 'network_cell_positions') }}
),

stg_network__cell_positions as (
    select
        radio,
        mcc,
        net,
        area,
        cell,
        range_m
    from cell_positions
    qualify {{ is_newest_version(['radio', 'mcc', 'net', 'area', 'cell']) }}
)

select * from stg_network__cell_positions
