-- Which department keeps its time limits, and what is still open past its last day.
-- 各部门的按时率与超期未办
SELECT
    department_name,
    sum(met_count) / nullif(sum(decided_count), 0) AS met_share,
    sum(missed_count) AS missed,
    sum(overdue_count) AS overdue,
    max(longest_overdue_days) AS longest_overdue_days
FROM mart.fct_promise_month
GROUP BY department_name
ORDER BY met_share NULLS LAST;
