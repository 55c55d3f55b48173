-- Each breakdown of the sales holds every transaction and every yuan of staging; nobody falls between two groups.
with staged as (
    select count(*) as transaction_count, coalesce(sum(amount_cny), 0) as revenue_cny
    from {{ ref('stg_crm__transactions') }}
),

broken_down as (
    select breakdown, sum(transaction_count) as transaction_count, sum(revenue_cny) as revenue_cny
    from {{ ref('int_sales_by_group') }}
    group by breakdown
)

select broken_down.*, staged.transaction_count as staged_count, staged.revenue_cny as staged_revenue_cny
from broken_down
cross join staged
where broken_down.transaction_count <> staged.transaction_count or broken_down.revenue_cny <> staged.revenue_cny
union all
select 'no breakdown at all', 0, 0, staged.transaction_count, staged.revenue_cny
from staged
where staged.transaction_count > 0 and not exists (select 1 from broken_down)
