-- A full rebuild: an age band moves with the customer file, so every quarter's groups may change with every export.
with customers as (
    select * from {{ ref('int_customers_identified') }} where customer_kind = 'person'
),

provinces as (
    select distinct province_code, province_name from {{ ref('dim_region') }}
),

quarters as (
    select distinct cast(trunc(month_start, 'quarter') as date) as quarter_start from {{ ref('dim_date') }}
),

sales as (
    select * from {{ ref('int_sales_by_group') }} where breakdown = 'people_group' and customer_kind = 'person'
),

genders as {{ code_list('gender') }},

people_registered as (
    select
        province_code,
        age_band,
        gender,
        person_key,
        cast(trunc(min(registered_month), 'quarter') as date) as quarter_start
    from customers
    group by province_code, age_band, gender, person_key
),

newcomers as (
    select province_code, age_band, gender, quarter_start, count(*) as customer_count
    from people_registered
    group by province_code, age_band, gender, quarter_start
),

last_quarter as (
    select greatest(
        (select max(quarter_start) from newcomers),
        (select max(quarter_start) from sales)
    ) as quarter_start
),

quarters_with_customers as (
    select
        newcomers.province_code,
        newcomers.age_band,
        newcomers.gender,
        quarters.quarter_start,
        sum(newcomers.customer_count) as customer_count
    from newcomers
    inner join quarters on newcomers.quarter_start <= quarters.quarter_start
    inner join last_quarter on quarters.quarter_start <= last_quarter.quarter_start
    group by newcomers.province_code, newcomers.age_band, newcomers.gender, quarters.quarter_start
),

groups_united as (
    select
        province_code, age_band, gender, quarter_start,
        customer_count, 0 as buyer_count, 0 as transaction_count, 0 as revenue_cny
    from quarters_with_customers
    union all
    select
        province_code, age_band, gender, quarter_start,
        0, buyer_count, transaction_count, revenue_cny
    from sales
),

groups_summed as (
    select
        province_code,
        age_band,
        gender,
        quarter_start,
        sum(customer_count) as customer_count,
        sum(buyer_count) as buyer_count,
        sum(transaction_count) as transaction_count,
        sum(revenue_cny) as revenue_cny
    from groups_united
    group by province_code, age_band, gender, quarter_start
),

fct_people_group_quarter as (
    select
        groups_summed.province_code,
        provinces.province_name,
        groups_summed.age_band,
        groups_summed.gender,
        genders.code_name as gender_name,
        groups_summed.quarter_start,
        {{ suppress_small_cells(in_whole_groups('groups_summed.customer_count'),
                                people='groups_summed.customer_count') }} as customer_count,
        {{ suppress_small_cells('groups_summed.buyer_count', people='groups_summed.buyer_count') }} as buyer_count,
        {{ suppress_small_cells('groups_summed.transaction_count',
                                people='groups_summed.buyer_count') }} as transaction_count,
        {{ suppress_small_cells('groups_summed.revenue_cny', people='groups_summed.buyer_count') }} as revenue_cny,
        {{ suppress_small_cells('cast(groups_summed.revenue_cny / groups_summed.buyer_count as decimal(18, 2))',
                                people='groups_summed.buyer_count') }} as revenue_per_buyer_cny
    from groups_summed
    inner join provinces on groups_summed.province_code = provinces.province_code
    left join genders on groups_summed.gender = genders.code
)

select * from fct_people_group_quarter
