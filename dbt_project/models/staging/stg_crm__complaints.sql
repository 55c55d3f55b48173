with complaints as (
    select * from {{ source('desensitised', 'crm_complaints') }}
),

stg_crm__complaints as (
    select
        complaint_key,
        customer_key,
        contact_phone_key,
        receiving_department,
        complaint_kind,
        product_code,
        region_code,
        received_on,
        first_replied_on,
        closed_on,
        is_justified,
        is_nonconformity,
        needs_corrective_action,
        compensation_cny,
        revisit_score,
        arrival_date
    from complaints
    qualify {{ is_newest_version(['complaint_key']) }}
)

select * from stg_crm__complaints
