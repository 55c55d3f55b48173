-- From visit to order by month: which step loses most.
-- 逐月漏斗:来店来电、建卡、订车与转化率
SELECT
    month_start,
    sum(visit_count) AS visits,
    sum(card_count) AS cards,
    sum(order_count) AS orders,
    sum(card_count) / nullif(sum(visit_count), 0) AS cards_per_visit,
    sum(order_count) / nullif(sum(card_count), 0) AS orders_per_card
FROM mart.fct_sales_funnel_month
GROUP BY month_start
ORDER BY month_start;
