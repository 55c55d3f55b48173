with accounts as (select * from {{ ref('int_key_accounts') }}),

segments as (select * from {{ ref('int_key_accounts_segmented') }}),

dealings as (select * from {{ ref('int_key_account_dealings') }}),

regions as (select * from {{ ref('dim_region') }}),

industries as {{ code_list('industry') }},

enterprise_sizes as {{ code_list('enterprise_size') }},

customer_types as {{ code_list('customer_type') }},

manager_layers as {{ code_list('manager_layer') }},

fct_key_account as (
    select
        {{ code_for_readers('accounts.customer_key', 'fct_key_account') }} as account_code,
        coalesce(regions.region_code, '{{ var("unknown_region_code") }}') as region_code,
        coalesce(regions.city_name, '未知') as city_name,
        coalesce(regions.province_name, '未知') as province_name,
        {{ code_for_readers('accounts.manager_key', 'fct_key_account') }} as manager_code,
        manager_layers.code_name as manager_layer_name,
        accounts.is_power_account,
        accounts.is_retail_account,
        accounts.is_group_customer,
        industries.code_name as industry_name,
        enterprise_sizes.code_name as enterprise_size_name,
        customer_types.code_name as customer_type_name,
        accounts.customer_priority,
        accounts.importance,
        accounts.supply_voltage,
        accounts.load_grade,
        accounts.group_type,
        accounts.recognition_state,
        accounts.electricity_account_count,
        accounts.receiving_capacity_kva,
        accounts.contribution_kwh,
        accounts.sales_cny,
        accounts.annual_target_cny,
        segments.segment_code,
        segments.segment_name,
        segments.segment_rank,
        segments.segment_reason,
        coalesce(dealings.contact_count_of_year, 0) as contact_count_of_year,
        dealings.last_contacted_on,
        dealings.days_since_contact,
        coalesce(dealings.days_since_contact <= {{ var('contact_within_days') }}, false) as is_covered,
        coalesce(dealings.first_contact_count = 1, false) as has_one_creator,
        coalesce(dealings.is_next_contact_overdue, false) as is_next_contact_overdue,
        coalesce(dealings.valid_contract_count, 0) as valid_contract_count,
        dealings.contract_capacity_kva,
        dealings.contract_valid_until,
        coalesce(dealings.contract_valid_until between dealings.contracts_as_of_date
            and date_add(dealings.contracts_as_of_date, {{ var('contract_warning_days') }}), false) as is_contract_expiring,
        dealings.marketing_grade,
        dealings.finance_grade,
        -- the letters run from the best to the worst, so the greater of two is the cautious one
        greatest(dealings.marketing_grade, dealings.finance_grade) as credit_grade,
        case
            when dealings.marketing_grade is null and dealings.finance_grade is null then 'none'
            when dealings.marketing_grade is null then 'finance_only'
            when dealings.finance_grade is null then 'marketing_only'
            when dealings.marketing_grade = dealings.finance_grade then 'agreed'
            else 'differs'
        end as credit_state,
        coalesce(dealings.receivable_cny, 0) as receivable_cny,
        coalesce(dealings.receivable_not_due_cny, 0) as receivable_not_due_cny,
        coalesce(dealings.receivable_30_days_cny, 0) as receivable_30_days_cny,
        coalesce(dealings.receivable_60_days_cny, 0) as receivable_60_days_cny,
        coalesce(dealings.receivable_90_days_cny, 0) as receivable_90_days_cny,
        coalesce(dealings.receivable_older_cny, 0) as receivable_older_cny
    from accounts
    inner join segments on accounts.customer_key = segments.customer_key
    left join dealings on accounts.customer_key = dealings.customer_key
    left join regions on accounts.region_code = regions.region_code
    left join industries on accounts.industry = industries.code
    left join enterprise_sizes on accounts.enterprise_size = enterprise_sizes.code
    left join customer_types on accounts.customer_type = customer_types.code
    left join manager_layers on accounts.manager_layer = manager_layers.code
)

select * from fct_key_account
