with regions as (
    select * from {{ ref('dim_region') }}
),

months as (
    select distinct month_start from {{ ref('dim_date') }}
),

feedback as (
    select * from {{ ref('int_feedback_by_region_month') }}
),

newcomers as (
    select * from {{ ref('int_customers_by_region_month') }}
),

sales as (
    select * from {{ ref('int_sales_by_group') }} where breakdown = 'region'
),

competitors as (
    select * from {{ ref('int_competitors_by_region_month') }}
),

complaints as (
    select
        region_code,
        month_start,
        count(*) as complaint_count,
        count(distinct person_key) as complainant_count
    from {{ ref('int_complaints_located') }}
    group by region_code, month_start
),

cells as (
    select
        region_code,
        cast(trunc(measured_on, 'month') as date) as month_start,
        count(distinct enodeb_id, cell_id) as cell_count,
        {{ network_quality() }}
    from {{ ref('int_network_cell_days_located') }}
    group by 1, 2
),

months_of_facts as (
    select region_code, month_start from feedback
    union
    select region_code, month_start from sales
    union
    select region_code, month_start from cells
    union
    select region_code, month_start from competitors
    union
    select region_code, month_start from complaints
),

last_month as (
    select greatest(
        (select max(month_start) from months_of_facts),
        (select max(month_start) from newcomers)
    ) as month_start
),

-- A region keeps its customers in the months in which nothing happens, so it has a row for those too. Registrations from
-- before the calendar count, but get no rows of their own.
months_with_customers as (
    select
        newcomers.region_code,
        months.month_start,
        sum(newcomers.new_customer_count) as customer_count
    from newcomers
    inner join months on newcomers.month_start <= months.month_start
    inner join last_month on months.month_start <= last_month.month_start
    group by newcomers.region_code, months.month_start
),

region_months as (
    select region_code, month_start from months_of_facts
    union
    select region_code, month_start from months_with_customers
),

fct_region_month as (
    select
        regions.region_code,
        regions.city_name,
        regions.province_code,
        regions.province_name,
        regions.province_iso,
        region_months.month_start,
        coalesce(feedback.feedback_count, 0) as feedback_count,
        feedback.school_count,
        feedback.enrolled_student_count,
        feedback.contacted_school_count,
        try_divide(feedback.contacted_school_count, feedback.school_count) as contacted_school_share,
        feedback.ticket_count,
        feedback.leaflet_count,
        feedback.sms_count,
        feedback.enquiry_call_count,
        competitors.competitor_count,
        competitors.competitor_branch_count,
        competitors.competitor_student_count,
        competitors.competitor_term_price_cny,
        {{ suppress_small_cells(in_whole_groups('months_with_customers.customer_count'),
                                people='months_with_customers.customer_count') }} as customer_count,
        {{ suppress_small_cells('newcomers.new_customer_count',
                                people='newcomers.new_customer_count') }} as new_customer_count,
        {{ suppress_small_cells('sales.buyer_count', people='sales.buyer_count') }} as buyer_count,
        {{ suppress_small_cells('sales.transaction_count', people='sales.buyer_count') }} as transaction_count,
        {{ suppress_small_cells('sales.revenue_cny', people='sales.buyer_count') }} as revenue_cny,
        {{ suppress_small_cells('complaints.complainant_count',
                                people='complaints.complainant_count') }} as complainant_count,
        {{ suppress_small_cells('complaints.complaint_count', people='complaints.complainant_count') }} as complaint_count,
        cells.cell_count,
        cells.rrc_success_share,
        cells.erab_drop_share,
        cells.availability_share,
        cells.downlink_gb
    from region_months
    inner join regions on region_months.region_code = regions.region_code
    left join feedback
        on region_months.region_code = feedback.region_code and region_months.month_start = feedback.month_start
    left join months_with_customers
        on region_months.region_code = months_with_customers.region_code
        and region_months.month_start = months_with_customers.month_start
    left join newcomers
        on region_months.region_code = newcomers.region_code and region_months.month_start = newcomers.month_start
    left join sales
        on region_months.region_code = sales.region_code and region_months.month_start = sales.month_start
    left join competitors
        on region_months.region_code = competitors.region_code and region_months.month_start = competitors.month_start
    left join complaints
        on region_months.region_code = complaints.region_code and region_months.month_start = complaints.month_start
    left join cells
        on region_months.region_code = cells.region_code and region_months.month_start = cells.month_start
)

select * from fct_region_month
