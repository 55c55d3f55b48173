with satisfaction_survey as (
    select * from {{ source('desensitised', 'crm_satisfaction_survey') }}
),

stg_crm__satisfaction_survey as (
    select
        submission_key,
        customer_key,
        survey_year,
        region_code,
        product_code,
        handed_out_on,
        returned_on,
        service_quality_score,
        package_price_score,
        company_score,
        product_quality_score,
        delivery_score,
        overall_score,
        weak_aspects,
        arrival_date
    from satisfaction_survey
    qualify {{ is_newest_version(['submission_key']) }}
)

select * from stg_crm__satisfaction_survey
