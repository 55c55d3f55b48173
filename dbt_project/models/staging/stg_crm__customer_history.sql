{% set attributes = ['customer_kind', 'customer_category', 'region_code', 'gender', 'age_band', 'occupation', 'industry',
                     'enterprise_size', 'credit_grade', 'approval_state'] %}

with versions as (
    {{ history_of(source('desensitised', 'crm_customers'), 'customer_key', attributes) }}
),

stg_crm__customer_history as (
    select
        customer_key,
        customer_kind,
        customer_category,
        region_code,
        gender,
        age_band,
        occupation,
        industry,
        enterprise_size,
        credit_grade,
        approval_state,
        valid_from,
        valid_to,
        valid_to is null as is_current
    from versions
)

select * from stg_crm__customer_history
