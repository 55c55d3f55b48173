with fee_receivables as (
    select * from {{ source('desensitised', 'power_fee_receivables') }}
),

stg_power__fee_receivables as (
    select
        account_key,
        billing_month,
        customer_key,
        outstanding_amount_cny,
        due_on,
        collection_state,
        arrival_date
    from fee_receivables
    qualify {{ is_newest_version(['account_key', 'billing_month']) }}
)

select * from stg_power__fee_receivables
