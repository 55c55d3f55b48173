-- Spending per buyer by age band and gender, newest quarter; hidden groups (fewer than five people) stay NULL.
-- 最新季度各年龄段与性别的人均消费
SELECT
    age_band,
    gender_name,
    sum(buyer_count) AS buyers,
    sum(revenue_cny) / nullif(sum(buyer_count), 0) AS revenue_per_buyer_cny
FROM mart.fct_people_group_quarter
WHERE quarter_start = (SELECT max(quarter_start) FROM mart.fct_people_group_quarter)
GROUP BY age_band, gender_name
ORDER BY age_band, gender_name;
