-- A table, because a mart and its reconciliation read it: the plan over all papers is the longest of the project.
{{ config(materialized='table') }}

with cases as (
    select * from {{ ref('int_promise_events') }}
    union all
    select * from {{ ref('int_promise_periods') }}
),

promises as (select * from {{ ref('promises') }}),

calendar as (select date, is_working_day, working_day_number from {{ ref('dim_date') }}),

working_days as (select date, working_day_number from calendar where is_working_day),

-- The day of receipt is day 0; the limit is the end of the nth (working) day after it (DEC-1). Beyond the announced
-- calendar no working day is known, so nothing is guessed and the case stays undecided.
cases_due as (
    select
        cases.promise_code,
        cases.case_key,
        coalesce(cases.department_name, promises.department_name) as department_name,
        cases.region_code,
        cases.started_on,
        coalesce(cases.due_on, case promises.time_unit
            when 'working_day' then working_days.date
            when 'calendar_day' then date_add(cases.started_on, promises.time_limit)
            when 'month' then add_months(cases.started_on, promises.time_limit)
        end) as due_on,
        cases.done_on,
        cases.as_of_date,
        promises.warning_days
    from cases
    inner join promises on cases.promise_code = promises.promise_code
    left join calendar on cases.started_on = calendar.date
    left join working_days
        on promises.time_unit = 'working_day'
        and calendar.working_day_number + promises.time_limit = working_days.working_day_number
),

int_promises_judged as (
    select
        promise_code,
        case_key,
        department_name,
        region_code,
        started_on,
        due_on,
        done_on,
        as_of_date,
        case
            when due_on is null then 'undecided'
            when done_on <= due_on then 'met'
            when done_on > due_on or as_of_date > due_on then 'missed'
            when as_of_date >= date_sub(due_on, warning_days) then 'at_risk'
            else 'open'
        end as promise_state
    from cases_due
)

select * from int_promises_judged
