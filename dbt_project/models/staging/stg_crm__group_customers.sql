with group_customers as (
    select * from {{ source('desensitised', 'crm_group_customers') }}
),

stg_crm__group_customers as (
    select
        recognition_key,
        recognition_body,
        customer_key,
        group_type,
        region_code,
        annual_purchase_cny,
        decision,
        decided_on,
        president_approval,
        manager_key,
        arrival_date
    from group_customers
    qualify {{ is_newest_version(['recognition_key', 'recognition_body']) }}
)

select * from stg_crm__group_customers
