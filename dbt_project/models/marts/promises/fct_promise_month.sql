with promises as (
    select * from {{ ref('promises') }}
),

regions as (
    select * from {{ ref('dim_region') }}
),

cases as (
    select
        *,
        -- a deadline that nobody can tell leaves the case in the month in which its clock began
        cast(trunc(coalesce(due_on, started_on), 'month') as date) as month_start
    from {{ ref('int_promises_judged') }}
),

cases_counted as (
    select
        cases.promise_code,
        cases.department_name,
        coalesce(regions.region_code, '{{ var("unknown_region_code") }}') as region_code,
        cases.month_start,
        max(cases.as_of_date) as as_of_date,
        count(*) as case_count,
        count_if(cases.promise_state = 'met') as met_count,
        count_if(cases.promise_state = 'missed') as missed_count,
        count_if(cases.promise_state in ('met', 'missed')) as decided_count,
        count_if(cases.promise_state = 'missed' and cases.done_on is null) as overdue_count,
        count_if(cases.promise_state in ('open', 'at_risk')) as open_count,
        count_if(cases.promise_state = 'at_risk') as at_risk_count,
        count_if(cases.promise_state = 'undecided') as undecided_count,
        max(datediff(cases.as_of_date, cases.due_on)) filter (
            where cases.promise_state = 'missed' and cases.done_on is null
        ) as longest_overdue_days
    from cases
    left join regions on cases.region_code = regions.region_code
    group by 1, 2, 3, 4
),

fct_promise_month as (
    select
        cases_counted.promise_code,
        promises.limit_number,
        promises.promise_name,
        promises.requirement_id,
        promises.time_unit,
        promises.time_limit,
        cases_counted.department_name,
        cases_counted.region_code,
        regions.city_name,
        regions.province_name,
        cases_counted.month_start,
        cases_counted.as_of_date,
        cases_counted.case_count,
        cases_counted.met_count,
        cases_counted.missed_count,
        cases_counted.decided_count,
        cases_counted.overdue_count,
        cases_counted.open_count,
        cases_counted.at_risk_count,
        cases_counted.undecided_count,
        try_divide(cases_counted.met_count, cases_counted.decided_count) as met_share,
        cases_counted.longest_overdue_days
    from cases_counted
    inner join promises on cases_counted.promise_code = promises.promise_code
    inner join regions on cases_counted.region_code = regions.region_code
)

select * from fct_promise_month
