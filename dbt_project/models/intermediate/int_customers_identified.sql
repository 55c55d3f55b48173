-- A full rebuild: the newest version of every customer decides, and each export holds every customer anyway.
{{ config(materialized='table') }}

with customers as (
    select * from {{ ref('stg_crm__customers') }}
),

regions as (
    select * from {{ ref('dim_region') }}
),

int_customers_identified as (
    select
        customers.customer_key,
        -- One person may be several customers. Small groups are measured in people, so the identity counts, where known.
        coalesce(customers.resident_key, customers.organisation_key, customers.customer_key) as person_key,
        customers.customer_kind,
        coalesce(regions.region_code, '{{ var("unknown_region_code") }}') as region_code,
        coalesce(regions.province_code, '{{ var("unknown_region_code") }}') as province_code,
        coalesce(customers.gender, 'unknown') as gender,
        coalesce(customers.age_band, '未知') as age_band,
        coalesce(customers.occupation, 'unknown') as occupation,
        coalesce(customers.industry, 'unknown') as industry,
        coalesce(customers.enterprise_size, 'unknown') as enterprise_size,
        customers.registered_month
    from customers
    left join regions on customers.region_code = regions.region_code
)

select * from int_customers_identified
