with exceptions as (
    select * from {{ ref('calendar_exceptions') }}
),

-- Every year whose holidays are announced has some, so the last of them says where the calendar ends.
bounds as (
    select make_date(year(max(date)), 12, 31) as last_day from exceptions
),

days as (
    select explode(sequence(date '2018-01-01', last_day)) as date from bounds
),

dim_date as (
    select
        days.date,
        year(days.date) as year,
        quarter(days.date) as quarter,
        month(days.date) as month,
        cast(date_trunc('month', days.date) as date) as month_start,
        coalesce(exceptions.is_working_day, weekday(days.date) < 5) as is_working_day,
        exceptions.holiday_name
    from days
    left join exceptions
        on days.date = exceptions.date
)

select * from dim_date
