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

days_judged as (
    select
        days.date,
        coalesce(exceptions.is_working_day, weekday(days.date) < 5) as is_working_day,
        exceptions.holiday_name
    from days
    left join exceptions
        on days.date = exceptions.date
),

dim_date as (
    select
        date,
        year(date) as year,
        quarter(date) as quarter,
        month(date) as month,
        cast(date_trunc('month', date) as date) as month_start,
        is_working_day,
        cast(count_if(is_working_day) over (order by date) as int) as working_day_number,
        holiday_name
    from days_judged
)

select * from dim_date
