-- Three registers name key accounts: the power company's attributes, the retail files and the list of group customers. A
-- customer of several electricity accounts is described by the largest of them. Whoever is not known as an organisation, by
-- the customer file or by a register that says which kind, is no key account here. A table, because three models read it.
{{ config(materialized='table') }}

with power_accounts as (select * from {{ ref('stg_power__key_account_attributes') }}),

metering as (select * from {{ ref('stg_power__metering') }}),

retail_accounts as (select * from {{ ref('stg_crm__retail_accounts') }}),

group_customers as (select * from {{ ref('stg_crm__group_customers') }}),

customers as (select * from {{ ref('int_customers_identified') }}),

usage_of_year as (
    select account_key, sum(usage_kwh) as usage_kwh
    from metering
    where read_on > (select date_sub(max(read_on), 365) from metering)
    group by account_key
),

power_customers as (
    select
        power_accounts.*,
        count(*) over (partition by power_accounts.customer_key) as electricity_account_count,
        -- what the meters say of the last 365 days; the attribute of the file where no meter is read
        sum(coalesce(usage_of_year.usage_kwh, power_accounts.electricity_contribution_kwh))
            over (partition by power_accounts.customer_key) as contribution_kwh,
        sum(power_accounts.sales_revenue_cny) over (partition by power_accounts.customer_key) as revenue_cny,
        sum(power_accounts.receiving_capacity_kva) over (partition by power_accounts.customer_key) as capacity_kva
    from power_accounts
    left join usage_of_year on power_accounts.account_key = usage_of_year.account_key
    qualify row_number() over (
        partition by power_accounts.customer_key
        order by power_accounts.receiving_capacity_kva desc, power_accounts.account_key
    ) = 1
),

-- Two bodies judge a group, and the president approves (D13-1, D13-2); of each body the newest decision holds.
groups_recognised as (
    select
        customer_key,
        max_by(group_type, decided_on) as group_type,
        max_by(region_code, decided_on) as region_code,
        max_by(manager_key, decided_on) as manager_key,
        max_by(annual_purchase_cny, decided_on) as annual_purchase_cny,
        max_by(decision, decided_on) filter (where recognition_body = 'marketing') as marketing_decision,
        max_by(decision, decided_on) filter (where recognition_body = 'service_centre') as service_centre_decision,
        max_by(president_approval, decided_on) as president_approval
    from group_customers
    group by customer_key
),

int_key_accounts as (
    select
        customer_key,
        power_customers.customer_key is not null as is_power_account,
        retail_accounts.customer_key is not null as is_retail_account,
        groups_recognised.customer_key is not null as is_group_customer,
        coalesce(power_customers.region_code, retail_accounts.region_code, groups_recognised.region_code,
            customers.region_code) as region_code,
        coalesce(power_customers.manager_key, retail_accounts.manager_key, groups_recognised.manager_key) as manager_key,
        coalesce(power_customers.manager_layer, 'unknown') as manager_layer,
        coalesce(power_customers.industry, retail_accounts.industry, customers.industry, 'unknown') as industry,
        coalesce(power_customers.enterprise_size, customers.enterprise_size, 'unknown') as enterprise_size,
        coalesce(power_customers.customer_type, retail_accounts.customer_type, 'unknown') as customer_type,
        coalesce(power_customers.customer_priority, 'unknown') as customer_priority,
        coalesce(power_customers.importance, 'unknown') as importance,
        coalesce(power_customers.supply_voltage, 'unknown') as supply_voltage,
        coalesce(power_customers.load_grade, 'unknown') as load_grade,
        coalesce(groups_recognised.group_type, 'unknown') as group_type,
        coalesce(power_customers.electricity_account_count, 0) as electricity_account_count,
        power_customers.capacity_kva as receiving_capacity_kva,
        power_customers.contribution_kwh,
        {{ sum_of_known(['power_customers.revenue_cny', 'retail_accounts.sales_to_date_cny',
                         'groups_recognised.annual_purchase_cny']) }} as sales_cny,
        retail_accounts.annual_target_cny,
        case
            when groups_recognised.customer_key is null then 'not_listed'
            when marketing_decision = 'recognised' and service_centre_decision = 'recognised'
                then case president_approval when 'approved' then 'recognised' when 'pending' then 'awaits_president'
                    else 'refused' end
            when marketing_decision is null or service_centre_decision is null then 'one_body_only'
            when (marketing_decision = 'recognised') <> (service_centre_decision = 'recognised') then 'bodies_differ'
            else 'refused'
        end as recognition_state
    from power_customers
    full outer join retail_accounts using (customer_key)
    full outer join groups_recognised using (customer_key)
    left join customers using (customer_key)
    where customers.customer_kind <> 'person'
        or (customers.customer_kind is null
            and coalesce(power_customers.customer_type, retail_accounts.customer_type) is not null)
)

select * from int_key_accounts
