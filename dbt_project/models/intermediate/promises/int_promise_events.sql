-- Each paper is read once and names, for every promise it is under, the day 0 of the limit and the day that ends it; how
-- long the limit is stands in seeds/promises.csv. A clock that has not begun is no case.
with handovers as (select *, {{ as_of_date() }} from {{ ref('stg_forms__partner_handover') }}),

replies as (
    select partner_key, collect_set({{ local_date('submitted_at') }}) as replied_days
    from {{ ref('stg_forms__market_feedback') }}
    group by partner_key
),

connections as (select *, {{ as_of_date() }} from {{ ref('stg_power__connection_register') }}),

schemes as (
    select *, {{ as_of_date() }}, case when supply_voltage = 'kv_0_4' then 'low' else 'high' end as voltage_level
    from {{ ref('stg_power__scheme_replies') }}
),

acceptances as (select *, {{ as_of_date() }} from {{ ref('stg_power__acceptances') }}),

meter_orders as (select *, {{ as_of_date() }} from {{ ref('stg_power__meter_orders') }}),

loans as (select *, {{ as_of_date() }} from {{ ref('stg_registers__information_loans') }}),

departments as {{ code_list('department') }},

-- NOTE-3: the initial survey is the call that verifies. Sending without an agreed reply keeps half of the promise.
handover_cases as (
    select
        handovers.submission_key as case_key,
        cast(null as string) as department_name,
        handovers.region_code,
        handovers.as_of_date,
        promised.*
    from handovers
    left join replies on handovers.partner_key = replies.partner_key
    lateral view inline(array(
        {{ promise("'N1'", 'handovers.received_on', 'handovers.verified_on') }},
        {{ promise("'N2'", 'handovers.verified_on',
                   'case when handovers.reply_promised_on is not null then handovers.surveys_sent_on end') }},
        {{ promise("case when handovers.reply_promised_on is not null then 'D01-6' end",
                   'coalesce(handovers.surveys_sent_on, handovers.received_on)',
                   'array_min(filter(replies.replied_days, day -> day >= handovers.surveys_sent_on))',
                   due_on='handovers.reply_promised_on') }}
    )) promised as promise_code, started_on, due_on, done_on
),

-- Limits of D07-4 are those of high voltage; the source gives none for low voltage.
connection_cases as (
    select
        register_key as case_key,
        supply_station as department_name,
        region_code,
        as_of_date,
        promised.*
    from connections
    lateral view inline(array(
        {{ promise("case source_kind when 'single' then 'N7' when 'dual' then 'N8' end", 'accepted_on',
                   'scheme_replied_on') }},
        {{ promise("'N9'", 'accepted_on', 'sent_to_marketing_on') }}
    )) promised as promise_code, started_on, due_on, done_on
    where supply_voltage <> 'kv_0_4'
),

scheme_periods as (
    select *, add_months(notice_issued_on, case voltage_level when 'low' then 3 else 12 end) as valid_until
    from schemes
),

scheme_cases as (
    select
        scheme_key as case_key,
        cast(null as string) as department_name,
        region_code,
        as_of_date,
        promised.*
    from scheme_periods
    lateral view inline(array(
        {{ promise("concat('N10-', voltage_level)", 'notice_issued_on', 'construction_started_on',
                   due_on='extended_until') }},
        {{ promise("case when extension_applied_on is not null then 'N11' end", 'notice_issued_on',
                   'extension_applied_on', due_on='date_sub(valid_until, 10)') }},
        {{ promise("case when extended_until is not null then concat('N12-', voltage_level) end", 'valid_until',
                   'extended_until') }}
    )) promised as promise_code, started_on, due_on, done_on
),

-- No time limit but a duty: the fee belongs to the day of the acceptance, so a repetition without one has missed it.
site_papers as (
    select 'N13' as promise_code, acceptance_key as case_key, application_key, inspected_on as started_on,
        case when reinspection_fee_cny > 0 then inspected_on end as done_on, as_of_date
    from acceptances
    where acceptance_round >= 2
    union all
    select 'N14', order_key, application_key, installed_on, returned_on, as_of_date
    from meter_orders
),

regions_of_applications as (
    select application_key, max(region_code) as region_code from connections group by application_key
),

site_cases as (
    select site_papers.*, regions_of_applications.region_code
    from site_papers
    left join regions_of_applications on site_papers.application_key = regions_of_applications.application_key
),

loan_cases as (
    select loans.*, departments.code_name as department_name
    from loans
    left join departments on loans.borrower_department = departments.code
),

cases_united as (
    select promise_code, case_key, department_name, region_code, started_on, due_on, done_on, as_of_date
    from handover_cases
    union all
    select promise_code, case_key, department_name, region_code, started_on, due_on, done_on, as_of_date
    from connection_cases
    union all
    select promise_code, case_key, department_name, region_code, started_on, due_on, done_on, as_of_date
    from scheme_cases
    union all
    select promise_code, case_key, null, region_code, started_on, null, done_on, as_of_date
    from site_cases
    union all
    select 'N15', loan_key, department_name, null, lent_on, null, cancelled_on, as_of_date
    from loan_cases
),

int_promise_events as (
    select
        promise_code,
        case_key,
        department_name,
        region_code,
        started_on,
        due_on,
        done_on,
        as_of_date
    from cases_united
    where promise_code is not null and started_on is not null
)

select * from int_promise_events
