-- Which measure reaches which threshold makes a key account of which segment is configuration, seeds/key_account_rules.csv:
-- the source names the attributes and no rule (D04-6). The best segment wins, and every rule of it that is met is a reason.
with accounts as (select * from {{ ref('int_key_accounts') }}),

rules as (select * from {{ ref('key_account_rules') }}),

measures as (
    select accounts.customer_key, of_account.measure, of_account.value
    from accounts
    lateral view explode(map(
        'contribution_kwh', cast(contribution_kwh as double),
        'receiving_capacity_kva', cast(receiving_capacity_kva as double),
        'sales_cny', cast(sales_cny as double),
        'supply_voltage_kv', cast(case supply_voltage
            when 'kv_0_4' then 0.4 when 'kv_10' then 10 when 'kv_35' then 35 when 'kv_110' then 110 when 'kv_220' then 220
        end as double),
        'load_grade_rank', cast(case load_grade when 'first' then 3 when 'second' then 2 when 'third' then 1 end as double),
        'priority_rank', cast(case customer_priority when 'P1' then 3 when 'P2' then 2 when 'P3' then 1 end as double),
        'recognition', cast(recognition_state = 'recognised' as double),
        'always', cast(0 as double)
    )) of_account as measure, value
),

rules_met as (
    select measures.customer_key, rules.segment_code, rules.segment_name, rules.segment_rank, rules.rule_code, rules.reason
    from measures
    inner join rules on measures.measure = rules.measure and measures.value >= rules.threshold
    qualify rules.segment_rank = min(rules.segment_rank) over (partition by measures.customer_key)
),

int_key_accounts_segmented as (
    select
        customer_key,
        segment_code,
        segment_name,
        segment_rank,
        array_join(transform(
            array_sort(collect_list(struct(rule_code, reason))), rule -> rule.reason
        ), '；') as segment_reason
    from rules_met
    group by customer_key, segment_code, segment_name, segment_rank
)

select * from int_key_accounts_segmented
