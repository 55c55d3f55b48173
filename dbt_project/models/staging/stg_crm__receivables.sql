with receivables as (
    select * from {{ source('desensitised', 'crm_receivables') }}
),

stg_crm__receivables as (
    select
        receivable_key,
        customer_key,
        outstanding_amount_cny,
        due_on,
        collection_state,
        arrival_date
    from receivables
    qualify {{ is_newest_version(['receivable_key']) }}
)

select * from stg_crm__receivables
