-- Only what the marts need is carried on: no contact, no position, no grade.
with customers as (
    select * from {{ source('desensitised', 'crm_customers') }}
),

stg_crm__customers as (
    select
        customer_key,
        customer_kind,
        resident_key,
        organisation_key,
        region_code,
        gender,
        age_band,
        occupation,
        industry,
        enterprise_size,
        registered_month
    from customers
    qualify {{ is_newest_version(['customer_key']) }}
)

select * from stg_crm__customers
