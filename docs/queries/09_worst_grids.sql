-- Grids with the weakest coverage over the last seven days that were measured.
-- 最近七日弱覆盖最重的网格
SELECT
    city_name,
    grid_name,
    sum(weak_report_share * report_count)
        / nullif(sum(report_count) FILTER (WHERE weak_report_share IS NOT NULL), 0) AS weak_share,
    sum(report_count) AS reports
FROM mart.fct_network_grid_day
WHERE date > (SELECT max(date) - INTERVAL 7 DAY FROM mart.fct_network_grid_day)
GROUP BY city_name, grid_name
ORDER BY weak_share DESC NULLS LAST
LIMIT 20;
