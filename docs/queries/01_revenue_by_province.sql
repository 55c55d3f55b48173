-- Revenue of each province in the newest month, beside the month before and the same month last year.
-- 各省最新月份的收入、环比与同比(可加的指标先求和再比较)
SELECT
    province_name,
    sum(value) AS revenue_cny,
    sum(value) / nullif(sum(previous_value), 0) - 1 AS change_on_month,
    sum(value) / nullif(sum(last_year_value), 0) - 1 AS change_on_year
FROM mart.fct_region_comparison
WHERE metric_code = 'revenue_cny' AND period_kind = 'month'
    AND period_start = (SELECT max(period_start) FROM mart.fct_region_comparison WHERE period_kind = 'month')
GROUP BY province_name
ORDER BY revenue_cny DESC NULLS LAST;
