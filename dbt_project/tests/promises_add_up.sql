-- Every matter under a promise is judged once and stands in exactly one row of the mart. One question for the view and the
-- mart, because the view reads seven registers.
with judged as (
    select count(*) as case_count, count(distinct promise_code, case_key) as distinct_count from {{ ref('int_promises_judged') }}
),

counted as (
    select
        coalesce(sum(case_count), 0) as case_count,
        coalesce(sum(decided_count + open_count + undecided_count), 0) as state_count
    from {{ ref('fct_promise_month') }}
)

select judged.*, counted.case_count as counted_case_count, counted.state_count
from judged
cross join counted
where judged.case_count <> judged.distinct_count
    or judged.case_count <> counted.case_count
    or judged.case_count <> counted.state_count
