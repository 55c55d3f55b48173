-- What sells to whom: revenue and average price by product and kind of customer.
-- 各产品按客户类型的收入与平均单价
SELECT
    product_name,
    customer_kind_name,
    sum(revenue_cny) AS revenue_cny,
    sum(revenue_cny) / nullif(sum(quantity), 0) AS average_price_cny
FROM mart.fct_product_month
GROUP BY product_name, customer_kind_name
ORDER BY revenue_cny DESC NULLS LAST;
