with dates as (
    select * from {{ ref('dates') }}
),

dim_date as (
    select
        date,
        year,
        quarter,
        month,
        month_start,
        is_working_day,
        holiday_name
    from dates
)

select * from dim_date
