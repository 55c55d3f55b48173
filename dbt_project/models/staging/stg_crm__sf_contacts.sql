with contacts as (
    select * from {{ source('desensitised', 'crm_sf_contacts') }}
),

stg_crm__sf_contacts as (
    select
        contact_key,
        account_key,
        is_deleted,
        is_active_version
    from contacts
    qualify {{ is_newest_version(['contact_key']) }}
)

select * from stg_crm__sf_contacts
