with orders as (
    select * from {{ source('desensitised', 'crm_service_orders') }}
    qualify {{ is_newest_version(['branch_code', 'order_key']) }}
),

stg_crm__service_orders as (
    select
        branch_code,
        order_key,
        customer_key,
        order_kind,
        fee_band,
        region_code,
        received_on,
        finished_on
    from orders
    where not is_deleted
)

select * from stg_crm__service_orders
