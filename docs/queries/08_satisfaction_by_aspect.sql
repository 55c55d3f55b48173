-- Satisfaction by aspect and year, weighted by respondents, beside the mark that is required.
-- 各方面满意度的年度对照
SELECT
    survey_year,
    aspect_name,
    sum(mean_score * respondent_count) / nullif(sum(respondent_count) FILTER (WHERE mean_score IS NOT NULL), 0) AS score,
    max(required_score) AS required_score
FROM mart.fct_satisfaction_year
GROUP BY survey_year, aspect_name
ORDER BY survey_year, score NULLS LAST;
