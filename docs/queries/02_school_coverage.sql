-- Where schools are contacted least: penetration by city over the last twelve months that are known.
-- 近十二个月各地市学校联系率,由低到高
SELECT
    province_name,
    city_name,
    sum(contacted_school_count) AS contacted,
    sum(school_count) AS schools,
    sum(contacted_school_count) / nullif(sum(school_count), 0) AS contacted_share
FROM mart.fct_region_month
WHERE month_start > (SELECT max(month_start) - INTERVAL 12 MONTH FROM mart.fct_region_month)
    AND contacted_school_count IS NOT NULL AND school_count IS NOT NULL
GROUP BY province_name, city_name
ORDER BY contacted_share NULLS LAST;
