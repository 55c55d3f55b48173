-- Every key account of the registers is shown once, and what is open of its debts is the sum of the ages.
select accounts.account_count, shown.account_count as shown_count, shown.receivable_cny, shown.aged_cny
from (select count(*) as account_count from {{ ref('int_key_accounts') }}) as accounts
cross join (
    select
        count(*) as account_count,
        coalesce(sum(receivable_cny), 0) as receivable_cny,
        coalesce(sum(receivable_not_due_cny + receivable_30_days_cny + receivable_60_days_cny + receivable_90_days_cny
            + receivable_older_cny), 0) as aged_cny
    from {{ ref('fct_key_account') }}
) as shown
where accounts.account_count <> shown.account_count or shown.receivable_cny <> shown.aged_cny
