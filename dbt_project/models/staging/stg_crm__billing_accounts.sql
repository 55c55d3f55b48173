with accounts as (
    select * from {{ source('desensitised', 'crm_billing_accounts') }}
    qualify {{ is_newest_version(['account_key']) }}
),

stg_crm__billing_accounts as (
    select
        account_key,
        customer_key,
        account_status,
        payment_method,
        balance_band,
        region_code,
        opened_month
    from accounts
    where not is_deleted
)

select * from stg_crm__billing_accounts
