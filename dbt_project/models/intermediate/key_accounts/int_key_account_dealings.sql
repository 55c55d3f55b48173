-- What happened with a customer, whoever he is: contacts, contracts, grades and debts, each as of its own newest arrival.
with contacts as (select *, {{ as_of_date() }} from {{ ref('stg_crm__contact_records') }}),

contracts as (select *, {{ as_of_date() }} from {{ ref('stg_power__supply_contracts') }}),

grades as (select * from {{ ref('stg_crm__credit_grades') }}),

receivables as (select *, {{ as_of_date() }} from {{ ref('stg_crm__receivables') }}),

fees as (select *, {{ as_of_date() }} from {{ ref('stg_power__fee_receivables') }}),

contacts_summed as (
    select
        customer_key,
        count_if(contacted_on > date_sub(as_of_date, 365)) as contact_count_of_year,
        count_if(is_first_contact) as first_contact_count,
        max(contacted_on) as last_contacted_on,
        datediff(max(as_of_date), max(contacted_on)) as days_since_contact,
        -- the plan of the newest contact, for an older one was either kept or replaced
        coalesce(max_by(next_contact_on, contacted_on) < max(as_of_date), false) as is_next_contact_overdue
    from contacts
    group by customer_key
),

contracts_summed as (
    select
        customer_key,
        count_if(contract_state = 'valid' and valid_until >= as_of_date) as valid_contract_count,
        sum(contract_capacity_kva) filter (where contract_state = 'valid' and valid_until >= as_of_date)
            as contract_capacity_kva,
        max(valid_until) filter (where contract_state = 'valid') as contract_valid_until,
        max(as_of_date) as contracts_as_of_date
    from contracts
    where customer_key is not null
    group by customer_key
),

grades_chosen as (
    select
        customer_key,
        max_by(credit_grade, assessed_on) filter (where grade_source = 'marketing') as marketing_grade,
        max_by(credit_grade, assessed_on) filter (where grade_source = 'finance') as finance_grade
    from grades
    group by customer_key
),

debts as (
    select customer_key, outstanding_amount_cny, due_on, collection_state, as_of_date
    from receivables
    union all
    select customer_key, outstanding_amount_cny, due_on, collection_state, as_of_date
    from fees
    where customer_key is not null
),

debts_aged as (
    select
        customer_key,
        outstanding_amount_cny,
        datediff(as_of_date, due_on) as days_over
    from debts
    where outstanding_amount_cny > 0 and collection_state not in ('settled', 'written_off')
),

debts_summed as (
    select
        customer_key,
        sum(outstanding_amount_cny) as receivable_cny,
        coalesce(sum(outstanding_amount_cny) filter (where days_over <= 0), 0) as receivable_not_due_cny,
        coalesce(sum(outstanding_amount_cny) filter (where days_over between 1 and 30), 0) as receivable_30_days_cny,
        coalesce(sum(outstanding_amount_cny) filter (where days_over between 31 and 60), 0) as receivable_60_days_cny,
        coalesce(sum(outstanding_amount_cny) filter (where days_over between 61 and 90), 0) as receivable_90_days_cny,
        coalesce(sum(outstanding_amount_cny) filter (where days_over > 90), 0) as receivable_older_cny
    from debts_aged
    group by customer_key
),

int_key_account_dealings as (
    select
        customer_key,
        contacts_summed.contact_count_of_year,
        contacts_summed.first_contact_count,
        contacts_summed.last_contacted_on,
        contacts_summed.days_since_contact,
        contacts_summed.is_next_contact_overdue,
        contracts_summed.valid_contract_count,
        contracts_summed.contract_capacity_kva,
        contracts_summed.contract_valid_until,
        contracts_summed.contracts_as_of_date,
        grades_chosen.marketing_grade,
        grades_chosen.finance_grade,
        debts_summed.receivable_cny,
        debts_summed.receivable_not_due_cny,
        debts_summed.receivable_30_days_cny,
        debts_summed.receivable_60_days_cny,
        debts_summed.receivable_90_days_cny,
        debts_summed.receivable_older_cny
    from contacts_summed
    full outer join contracts_summed using (customer_key)
    full outer join grades_chosen using (customer_key)
    full outer join debts_summed using (customer_key)
)

select * from int_key_account_dealings
