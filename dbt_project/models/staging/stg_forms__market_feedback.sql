with market_feedback as (
    select * from {{ source('desensitised', 'forms_market_feedback') }}
),

stg_forms__market_feedback as (
    select
        submission_key,
        partner_key,
        region_code,
        filled_on,
        submitted_at,
        primary_school_count,
        middle_school_count,
        private_school_count,
        enrolled_student_count,
        contacted_school_count,
        school_ticket_count,
        organisation_ticket_count,
        leaflet_count,
        sms_count,
        enquiry_call_count,
        target_group
    from market_feedback
    qualify {{ is_newest_version(['submission_key']) }}
)

select * from stg_forms__market_feedback
