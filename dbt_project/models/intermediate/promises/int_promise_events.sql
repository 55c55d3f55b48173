-- Each branch names the day 0 of its limit and the day that ends it; how long the limit is stands in seeds/promises.csv.
with handovers as (select * from {{ ref('stg_forms__partner_handover') }}),

feedback as (
    select partner_key, {{ local_date('submitted_at') }} as submitted_on from {{ ref('stg_forms__market_feedback') }}
),

connections as (select * from {{ ref('stg_power__connection_register') }}),

schemes as (
    select *, supply_voltage = 'kv_0_4' as is_low_voltage from {{ ref('stg_power__scheme_replies') }}
),

acceptances as (select * from {{ ref('stg_power__acceptances') }}),

meter_orders as (select * from {{ ref('stg_power__meter_orders') }}),

loans as (select * from {{ ref('stg_registers__information_loans') }}),

departments as {{ code_list('department') }},

handover_verified as (
    select 'N1' as promise_code, submission_key as case_key, cast(null as string) as department_name, region_code,
        received_on as started_on, cast(null as date) as due_on, verified_on as done_on, {{ as_of('handovers') }} as as_of_date
    from handovers
),

-- NOTE-3: the initial survey is the call that verifies. Sending without an agreed reply keeps half of the promise.
surveys_sent as (
    select 'N2', submission_key, cast(null as string), region_code, verified_on, cast(null as date),
        case when reply_promised_on is not null then surveys_sent_on end, {{ as_of('handovers') }}
    from handovers
    where verified_on is not null
),

first_replies as (
    select handovers.submission_key, min(feedback.submitted_on) as replied_on
    from handovers
    inner join feedback
        on handovers.partner_key = feedback.partner_key and feedback.submitted_on >= handovers.surveys_sent_on
    group by handovers.submission_key
),

replies_promised as (
    select 'D01-6', handovers.submission_key, cast(null as string), handovers.region_code,
        coalesce(handovers.surveys_sent_on, handovers.received_on), handovers.reply_promised_on,
        first_replies.replied_on, {{ as_of('handovers') }}
    from handovers
    left join first_replies on handovers.submission_key = first_replies.submission_key
    where handovers.reply_promised_on is not null
),

-- Limits of D07-4 are those of high voltage; the source gives none for low voltage.
high_voltage_connections as (
    select * from connections where supply_voltage <> 'kv_0_4'
),

schemes_replied as (
    select case source_kind when 'single' then 'N7' when 'dual' then 'N8' end, register_key, supply_station, region_code,
        accepted_on, cast(null as date), scheme_replied_on, {{ as_of('connections') }}
    from high_voltage_connections
),

applications_sent_on as (
    select 'N9', register_key, supply_station, region_code,
        accepted_on, cast(null as date), sent_to_marketing_on, {{ as_of('connections') }}
    from high_voltage_connections
),

scheme_periods as (
    select
        *,
        case when is_low_voltage then 'low' else 'high' end as voltage_level,
        add_months(notice_issued_on, case when is_low_voltage then 3 else 12 end) as valid_until
    from schemes
    where notice_issued_on is not null
),

constructions_started as (
    select concat('N10-', voltage_level), scheme_key, cast(null as string), region_code,
        notice_issued_on, extended_until, construction_started_on, {{ as_of('schemes') }}
    from scheme_periods
),

extensions_applied as (
    select 'N11', scheme_key, cast(null as string), region_code,
        notice_issued_on, date_sub(valid_until, 10), extension_applied_on, {{ as_of('schemes') }}
    from scheme_periods
    where extension_applied_on is not null
),

extensions_granted as (
    select concat('N12-', voltage_level), scheme_key, cast(null as string), region_code,
        valid_until, cast(null as date), extended_until, {{ as_of('schemes') }}
    from scheme_periods
    where extended_until is not null
),

-- No time limit but a duty: the fee belongs to the day of the acceptance, so a repetition without one has missed it.
reinspections_charged as (
    select 'N13', acceptances.acceptance_key, cast(null as string), connections.region_code,
        acceptances.inspected_on, cast(null as date),
        case when acceptances.reinspection_fee_cny > 0 then acceptances.inspected_on end, {{ as_of('acceptances') }}
    from acceptances
    left join connections on acceptances.application_key = connections.application_key
    where acceptances.acceptance_round >= 2
),

meter_orders_returned as (
    select 'N14', meter_orders.order_key, cast(null as string), connections.region_code,
        meter_orders.installed_on, cast(null as date), meter_orders.returned_on, {{ as_of('meter_orders') }}
    from meter_orders
    left join connections on meter_orders.application_key = connections.application_key
    where meter_orders.installed_on is not null
),

loans_returned as (
    select 'N15', loans.loan_key, departments.code_name, cast(null as string),
        loans.lent_on, cast(null as date), loans.cancelled_on, {{ as_of('loans') }}
    from loans
    left join departments on loans.borrower_department = departments.code
),

events_united as (
    select * from handover_verified
    union all
    select * from surveys_sent
    union all
    select * from replies_promised
    union all
    select * from schemes_replied
    union all
    select * from applications_sent_on
    union all
    select * from constructions_started
    union all
    select * from extensions_applied
    union all
    select * from extensions_granted
    union all
    select * from reinspections_charged
    union all
    select * from meter_orders_returned
    union all
    select * from loans_returned
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
    from events_united
)

select * from int_promise_events
