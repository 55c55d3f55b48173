with customers as (
    select * from {{ ref('int_customers_identified') }}
),

-- A person with several files in one region became a customer there once, with the first of them.
people_registered as (
    select
        region_code,
        person_key,
        min(registered_month) as registered_month
    from customers
    group by region_code, person_key
),

int_customers_by_region_month as (
    select
        region_code,
        registered_month as month_start,
        count(*) as new_customer_count
    from people_registered
    group by region_code, registered_month
)

select * from int_customers_by_region_month
