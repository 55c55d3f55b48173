with cell_positions as (
    select * from {{ ref('stg_network__cell_positions') }}
),

fct_cell_position_area as (
    select
        radio,
        mcc,
        net,
        count(*) as cell_count,
        median(range_m) as median_range_m
    from cell_positions
    group by radio, mcc, net
)

select * from fct_cell_position_area
