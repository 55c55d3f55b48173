-- stg_crm__transactions is kept, not derived anew. Where the desensitised table has lost transactions (an erasure, a
-- batch taken back) or has some that were never picked up, run `dbt build --full-refresh`.
select held.transaction_count as held_count, arrived.transaction_count as arrived_count
from (select count(*) as transaction_count from {{ ref('stg_crm__transactions') }}) as held
cross join (
    select count(distinct transaction_key) as transaction_count
    from {{ source('desensitised', 'crm_transactions') }}
) as arrived
where held.transaction_count <> arrived.transaction_count
