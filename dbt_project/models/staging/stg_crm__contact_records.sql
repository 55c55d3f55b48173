with contact_records as (
    select * from {{ source('desensitised', 'crm_contact_records') }}
),

stg_crm__contact_records as (
    select
        contact_key,
        customer_key,
        is_first_contact,
        contacted_on,
        manager_layer,
        topic,
        result,
        next_contact_on,
        arrival_date
    from contact_records
    qualify {{ is_newest_version(['contact_key']) }}
)

select * from stg_crm__contact_records
