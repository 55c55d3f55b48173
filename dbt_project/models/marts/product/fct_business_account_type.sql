-- A deleted record and a superseded version are no accounts any more; an export that does not say counts as current.
with accounts as (
    select account_key, {{ industry_text('industry') }} as industry
    from {{ ref('stg_crm__sf_accounts') }}
    where {{ is_current_record() }}
),

contacts as (
    select contact_key, account_key
    from {{ ref('stg_crm__sf_contacts') }}
    where {{ is_current_record() }}
),

leads as (
    select lead_key, {{ industry_text('industry') }} as industry
    from {{ ref('stg_crm__sf_leads') }}
    where {{ is_current_record() }}
),

contacts_of_accounts as (
    select
        contacts.contact_key,
        coalesce(accounts.industry, {{ industry_text('cast(null as string)') }}) as industry
    from contacts
    left join accounts on contacts.account_key = accounts.account_key
),

records_united as (
    select industry, account_key, cast(null as string) as contact_key, cast(null as string) as lead_key from accounts
    union all
    select industry, cast(null as string), contact_key, cast(null as string) from contacts_of_accounts
    union all
    select industry, cast(null as string), cast(null as string), lead_key from leads
),

records_counted as (
    select
        industry,
        count(account_key) as account_count,
        count(contact_key) as contact_count,
        count(lead_key) as lead_count
    from records_united
    group by industry
),

fct_business_account_type as (
    select
        industry,
        {{ suppress_small_cells('account_count', people='account_count') }} as account_count,
        {{ suppress_small_cells('contact_count', people='contact_count') }} as contact_count,
        {{ suppress_small_cells('lead_count', people='lead_count') }} as lead_count
    from records_counted
)

select * from fct_business_account_type
