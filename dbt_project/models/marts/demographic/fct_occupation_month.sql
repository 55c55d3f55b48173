with sales as (
    select * from {{ ref('int_sales_by_group') }} where breakdown = 'occupation' and customer_kind = 'person'
),

occupations as {{ code_list('occupation') }},

fct_occupation_month as (
    select
        sales.occupation,
        occupations.code_name as occupation_name,
        sales.month_start,
        {{ suppress_small_cells('sales.buyer_count', people='sales.buyer_count') }} as buyer_count,
        {{ suppress_small_cells('sales.revenue_cny', people='sales.buyer_count') }} as revenue_cny
    from sales
    left join occupations on sales.occupation = occupations.code
)

select * from fct_occupation_month
