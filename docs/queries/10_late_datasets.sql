-- Which datasets are late, and how much of what came was put aside: whether a number can be trusted today.
-- 滞后的数据集与其隔离率
SELECT
    freshness.dataset_name,
    freshness.freshness_state,
    freshness.days_behind,
    sum(health.quarantined_row_count) / nullif(sum(health.row_count), 0) AS quarantined_share
FROM mart.fct_dataset_freshness AS freshness
LEFT JOIN mart.fct_data_health_day AS health USING (dataset)
GROUP BY freshness.dataset_name, freshness.freshness_state, freshness.days_behind
ORDER BY freshness.days_behind DESC NULLS LAST, freshness.dataset_name;
