with complaints as (select *, {{ as_of_date() }} from {{ ref('stg_crm__complaints') }}),

regions as (select * from {{ ref('dim_region') }}),

int_complaints_located as (
    select
        complaints.complaint_key,
        coalesce(complaints.customer_key, complaints.contact_phone_key, complaints.complaint_key) as person_key,
        coalesce(regions.region_code, '{{ var("unknown_region_code") }}') as region_code,
        complaints.receiving_department,
        complaints.complaint_kind,
        cast(trunc(complaints.received_on, 'month') as date) as month_start,
        complaints.as_of_date,
        complaints.closed_on is not null as is_closed,
        datediff(coalesce(complaints.closed_on, complaints.as_of_date), complaints.received_on) as age_days,
        datediff(complaints.first_replied_on, complaints.received_on) as reply_days,
        coalesce(complaints.is_justified, false) as is_justified,
        coalesce(complaints.is_nonconformity, false) as is_nonconformity,
        coalesce(complaints.needs_corrective_action, false) as needs_corrective_action,
        complaints.compensation_cny,
        complaints.revisit_score
    from complaints
    left join regions on complaints.region_code = regions.region_code
)

select * from int_complaints_located
