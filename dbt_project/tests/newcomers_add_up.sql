-- Every person of the customer file became a customer of a region exactly once.
select counted.people, summed.people as summed_people
from (select count(distinct region_code, person_key) as people from {{ ref('int_customers_identified') }}) as counted
cross join (
    select coalesce(sum(new_customer_count), 0) as people from {{ ref('int_customers_by_region_month') }}
) as summed
where counted.people <> summed.people
