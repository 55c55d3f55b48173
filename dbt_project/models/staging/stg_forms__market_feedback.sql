with market_feedback as (
    select * from {{ source('desensitised', 'forms_market_feedback') }}
),

newest_versions as (
    select *
    from market_feedback
    qualify {{ is_newest_version(['submission_key'], changed_at='coalesce(deleted_at, changed_at)') }}
),

-- filtered behind the choice: a deletion must win over the versions before it, and only then go
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
    from newest_versions
    where deleted_at is null
)

select * from stg_forms__market_feedback
