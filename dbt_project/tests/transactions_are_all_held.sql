-- stg_crm__transactions is kept, not derived anew. When this fails, some batch was committed more than two days after its
-- stamp and was never picked up; `dbt build --full-refresh` reads everything again.
select held.transaction_count as held_count, arrived.transaction_count as arrived_count
from (select count(*) as transaction_count from {{ ref('stg_crm__transactions') }}) as held
cross join (
    select count(distinct transaction_key) as transaction_count
    from {{ source('desensitised', 'crm_transactions') }}
) as arrived
where held.transaction_count <> arrived.transaction_count
