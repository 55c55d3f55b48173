-- Everything that is counted from purchases, in one pass over the quarters that changed: people cannot be added up from
-- finer groups, so each breakdown counts its own.
{{ config(materialized='incremental', incremental_strategy='append',
          pre_hook="{{ forget_changed_periods(ref('int_sale_quarters'), 'quarter_start', 'quarter_fingerprint') }}") }}
{% set quarters = changed_periods(ref('int_sale_quarters'), 'quarter_start', 'quarter_fingerprint') if is_incremental() else [] %}

with transactions as (
    select * from {{ ref('int_transactions_attributed') }}
    {% if is_incremental() %}
    where quarter_start in ({{ as_dates(quarters) }})
    {% endif %}
),

fingerprints as (
    select * from {{ ref('int_sale_quarters') }}
),

sales_counted as (
    select
        case
            when grouping(region_code) = 0 then 'region'
            when grouping(product_code) = 0 then 'product'
            when grouping(occupation) = 0 then 'occupation'
            when grouping(industry) = 0 then 'industry'
            when grouping(age_band) = 0 then 'people_group'
        end as breakdown,
        quarter_start,
        month_start,
        region_code,
        product_code,
        channel,
        customer_kind,
        occupation,
        industry,
        enterprise_size,
        province_code,
        age_band,
        gender,
        count(distinct person_key) as buyer_count,
        count(*) as transaction_count,
        sum(quantity) as quantity,
        cast(sum(amount_cny) as decimal(28, 2)) as revenue_cny
    from transactions
    group by grouping sets (
        (quarter_start, month_start, region_code),
        (quarter_start, month_start, product_code, channel, customer_kind),
        (quarter_start, month_start, customer_kind, occupation),
        (quarter_start, month_start, customer_kind, industry, enterprise_size),
        (quarter_start, customer_kind, province_code, age_band, gender)
    )
),

int_sales_by_group as (
    select
        sales_counted.breakdown,
        sales_counted.quarter_start,
        sales_counted.month_start,
        sales_counted.region_code,
        sales_counted.product_code,
        sales_counted.channel,
        sales_counted.customer_kind,
        sales_counted.occupation,
        sales_counted.industry,
        sales_counted.enterprise_size,
        sales_counted.province_code,
        sales_counted.age_band,
        sales_counted.gender,
        sales_counted.buyer_count,
        sales_counted.transaction_count,
        sales_counted.quantity,
        sales_counted.revenue_cny,
        fingerprints.quarter_fingerprint
    from sales_counted
    left join fingerprints on sales_counted.quarter_start = fingerprints.quarter_start
)

select * from int_sales_by_group
