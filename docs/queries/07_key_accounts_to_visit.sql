-- Key accounts to visit first: much to lose, long not seen.
-- 应先走访的大客户:收益高且久未接触
SELECT account_code, city_name, segment_name, segment_reason, sales_cny, days_since_contact, receivable_older_cny
FROM mart.fct_key_account
WHERE NOT coalesce(is_covered, false)
ORDER BY sales_cny DESC NULLS LAST, account_code
LIMIT 20;
