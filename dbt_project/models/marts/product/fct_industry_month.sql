with sales as (
    select * from {{ ref('int_sales_by_group') }} where breakdown = 'industry' and customer_kind = 'enterprise'
),

industries as {{ code_list('industry') }},

enterprise_sizes as {{ code_list('enterprise_size') }},

fct_industry_month as (
    select
        sales.industry,
        industries.code_name as industry_name,
        sales.enterprise_size,
        enterprise_sizes.code_name as enterprise_size_name,
        sales.month_start,
        {{ suppress_small_cells('sales.buyer_count', people='sales.buyer_count') }} as buyer_count,
        {{ suppress_small_cells('sales.revenue_cny', people='sales.buyer_count') }} as revenue_cny
    from sales
    left join industries on sales.industry = industries.code
    left join enterprise_sizes on sales.enterprise_size = enterprise_sizes.code
)

select * from fct_industry_month
