-- A duty that comes back: whoever did it once owes it in every later period, so a period without evidence is a case too.
with tracking as (select *, {{ as_of_date() }} from {{ ref('stg_forms__consumption_tracking') }}),

surveys as (select *, {{ as_of_date() }} from {{ ref('stg_crm__satisfaction_survey') }}),

inspections as (select *, {{ as_of_date() }} from {{ ref('stg_registers__file_inspections') }}),

departments as {{ code_list('department') }},

promises as (select * from {{ ref('promises') }} where period_months is not null),

evidence as (
    select 'N3' as promise_code, partner_key as subject_key, cast(null as string) as department_name, region_code,
        cast(trunc(tracked_month, 'month') as date) as period_start, submitted_on as done_on,
        as_of_date
    from tracking
    union all
    select 'N6', region_code, cast(null as string), region_code,
        make_date(cast(survey_year as int), 1, 1), returned_on, as_of_date
    from surveys
    union all
    -- the second half of a year may be inspected in the first days of the next
    select 'N16', inspections.department, departments.code_name, cast(null as string),
        case
            when inspections.half_year = 'first' then make_date(year(inspections.inspected_on), 1, 1)
            when month(inspections.inspected_on) < 7 then make_date(year(inspections.inspected_on) - 1, 7, 1)
            else make_date(year(inspections.inspected_on), 7, 1)
        end, inspections.inspected_on, inspections.as_of_date
    from inspections
    left join departments on inspections.department = departments.code
),

subjects as (
    select
        promise_code,
        subject_key,
        max(department_name) as department_name,
        max_by(region_code, period_start) as region_code,
        min(period_start) as first_period,
        max(as_of_date) as as_of_date
    from evidence
    group by promise_code, subject_key
),

periods_owed as (
    select
        subjects.*,
        promises.time_limit,
        explode(transform(
            sequence(0, greatest(0, cast(floor(
                months_between(subjects.as_of_date, subjects.first_period) / promises.period_months
            ) as int))),
            n -> add_months(subjects.first_period, n * promises.period_months)
        )) as period_start
    from subjects
    inner join promises on subjects.promise_code = promises.promise_code
),

first_done as (
    select promise_code, subject_key, period_start, min(done_on) as done_on
    from evidence
    group by promise_code, subject_key, period_start
),

int_promise_periods as (
    select
        periods_owed.promise_code,
        concat_ws('|', periods_owed.subject_key, periods_owed.period_start) as case_key,
        periods_owed.department_name,
        periods_owed.region_code,
        periods_owed.period_start as started_on,
        date_sub(add_months(periods_owed.period_start, periods_owed.time_limit), 1) as due_on,
        first_done.done_on,
        periods_owed.as_of_date
    from periods_owed
    left join first_done
        on periods_owed.promise_code = first_done.promise_code
        and periods_owed.subject_key = first_done.subject_key
        and periods_owed.period_start = first_done.period_start
)

select * from int_promise_periods
