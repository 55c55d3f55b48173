with sales as (
    select * from {{ ref('int_sales_by_group') }} where breakdown = 'product'
),

products as (
    select * from {{ ref('dim_product') }}
),

customer_kinds as {{ code_list('customer_kind') }},

channels as {{ code_list('channel') }},

fct_product_month as (
    select
        sales.product_code,
        products.product_name,
        products.product_category,
        sales.customer_kind,
        customer_kinds.code_name as customer_kind_name,
        sales.channel,
        channels.code_name as channel_name,
        sales.month_start,
        {{ suppress_small_cells('sales.buyer_count', people='sales.buyer_count') }} as buyer_count,
        {{ suppress_small_cells('sales.transaction_count', people='sales.buyer_count') }} as transaction_count,
        {{ suppress_small_cells('sales.quantity', people='sales.buyer_count') }} as quantity,
        {{ suppress_small_cells('sales.revenue_cny', people='sales.buyer_count') }} as revenue_cny,
        {{ suppress_small_cells('cast(try_divide(sales.revenue_cny, sales.quantity) as decimal(18, 2))',
                                people='sales.buyer_count') }} as average_price_cny
    from sales
    left join products on sales.product_code = products.product_code
    left join customer_kinds on sales.customer_kind = customer_kinds.code
    left join channels on sales.channel = channels.code
)

select * from fct_product_month
