with credit_grades as (
    select * from {{ source('desensitised', 'crm_credit_grades') }}
),

stg_crm__credit_grades as (
    select
        customer_key,
        grade_source,
        assessed_on,
        credit_grade
    from credit_grades
    qualify {{ is_newest_version(['customer_key', 'grade_source', 'assessed_on']) }}
)

select * from stg_crm__credit_grades
