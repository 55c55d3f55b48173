with leads as (
    select * from {{ source('desensitised', 'crm_sf_leads') }}
),

stg_crm__sf_leads as (
    select
        lead_key,
        industry,
        is_deleted,
        is_active_version
    from leads
    qualify {{ is_newest_version(['lead_key']) }}
)

select * from stg_crm__sf_leads
