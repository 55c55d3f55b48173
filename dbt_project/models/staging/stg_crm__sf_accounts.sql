with accounts as (
    select * from {{ source('desensitised', 'crm_sf_accounts') }}
),

stg_crm__sf_accounts as (
    select
        account_key,
        industry,
        is_deleted,
        is_active_version
    from accounts
    qualify {{ is_newest_version(['account_key']) }}
)

select * from stg_crm__sf_accounts
