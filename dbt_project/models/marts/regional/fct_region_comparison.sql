-- Built on what fct_region_month shows, never on what it hides. Shares are added up from their two counters.
{% set counted = ['feedback_count', 'ticket_count', 'leaflet_count', 'sms_count', 'enquiry_call_count', 'school_count',
                  'competitor_count', 'downlink_gb'] %}
{% set counted_of_people = {'customer_count': 'customer_count', 'new_customer_count': 'new_customer_count',
                            'transaction_count': 'buyer_count', 'revenue_cny': 'buyer_count',
                            'complaint_count': 'complainant_count'} %}

with region_months as (select * from {{ ref('fct_region_month') }}),

metrics as (select * from {{ ref('region_metrics') }}),

regions as (select region_code, city_name, province_name from {{ ref('dim_region') }}),

cell_months as (
    select
        region_code,
        cast(trunc(measured_on, 'month') as date) as month_start,
        sum(rrc_success_count) as rrc_success_count,
        sum(rrc_attempt_count) as rrc_attempt_count,
        sum(erab_drop_count) as erab_drop_count,
        sum(erab_release_count) as erab_release_count,
        sum(available_s) as available_s,
        sum(observed_s) as observed_s
    from {{ ref('int_network_cell_days_located') }}
    group by 1, 2
),

month_parts as (
    select region_code, month_start, parts.*
    from region_months
    lateral view inline(array(
        {% for column in counted -%}
        {{ part_of(column, column) }},
        {% endfor -%}
        {% for column, people in counted_of_people.items() -%}
        {{ part_of(column, column, people=people) }}{{ ',' if not loop.last }}
        {% endfor -%}
    )) parts as metric_code, part, whole, people
    union all
    select region_code, month_start, parts.*
    from cell_months
    lateral view inline(array(
        {{ part_of('rrc_success_share', 'rrc_success_count', 'rrc_attempt_count') }},
        {{ part_of('erab_drop_share', 'erab_drop_count', 'erab_release_count') }},
        {{ part_of('availability_share', 'available_s', 'observed_s') }}
    )) parts as metric_code, part, whole, people
),

period_parts as (
    select *
    from month_parts
    lateral view inline(array(
        named_struct('kind', 'month', 'start', month_start, 'months', 1),
        named_struct('kind', 'quarter', 'start', cast(trunc(month_start, 'quarter') as date), 'months', 3),
        named_struct('kind', 'year', 'start', cast(trunc(month_start, 'year') as date), 'months', 12)
    )) periods as period_kind, period_start, period_months
    where part is not null
),

period_values as (
    select
        period_parts.region_code,
        period_parts.metric_code,
        metrics.metric_name,
        metrics.metric_unit,
        period_parts.period_kind,
        period_parts.period_start,
        period_parts.period_months,
        count(*) as shown_month_count,
        min(period_parts.people) as least_people_count,
        case metrics.aggregation
            when 'sum' then sum(period_parts.part)
            when 'last' then max_by(period_parts.part, period_parts.month_start)
            when 'ratio' then try_divide(sum(period_parts.part), sum(period_parts.whole))
        end as value
    from period_parts
    inner join metrics on period_parts.metric_code = metrics.metric_code
    group by 1, 2, 3, 4, 5, 6, 7, metrics.aggregation
),

newest as (select max(month_start) as month_start from region_months),

fct_region_comparison as (
    select
        period_values.region_code,
        regions.city_name,
        regions.province_name,
        period_values.metric_code,
        period_values.metric_name,
        period_values.metric_unit,
        period_values.period_kind,
        period_values.period_start,
        add_months(period_values.period_start, period_values.period_months) > newest.month_start as is_running,
        period_values.shown_month_count,
        {{ suppress_small_cells('period_values.least_people_count',
                                people='period_values.least_people_count') }} as least_people_count,
        period_values.value,
        previous.value as previous_value,
        try_divide(period_values.value - previous.value, abs(previous.value)) as previous_change_share,
        last_year.value as last_year_value,
        try_divide(period_values.value - last_year.value, abs(last_year.value)) as last_year_change_share
    from period_values
    inner join regions on period_values.region_code = regions.region_code
    cross join newest
    left join period_values as previous
        on period_values.region_code = previous.region_code
        and period_values.metric_code = previous.metric_code
        and period_values.period_kind = previous.period_kind
        and add_months(period_values.period_start, -period_values.period_months) = previous.period_start
    left join period_values as last_year
        on period_values.region_code = last_year.region_code
        and period_values.metric_code = last_year.metric_code
        and period_values.period_kind = last_year.period_kind
        and add_months(period_values.period_start, -12) = last_year.period_start
    where period_values.value is not null
)

select * from fct_region_comparison
