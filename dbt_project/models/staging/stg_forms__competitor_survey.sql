with competitor_survey as (
    select * from {{ source('desensitised', 'forms_competitor_survey') }}
),

stg_forms__competitor_survey as (
    select
        submission_key,
        partner_key,
        region_code,
        filled_on,
        submitted_at,
        competitor_key,
        competitor_kind,
        branch_count,
        student_count,
        term_price_cny
    from competitor_survey
    qualify {{ is_newest_version(['submission_key']) }}
)

select * from stg_forms__competitor_survey
