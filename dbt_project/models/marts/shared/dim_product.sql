with products as (
    select * from {{ ref('products') }}
),

dim_product as (
    select
        product_code,
        product_name,
        product_category
    from products
)

select * from dim_product
