-- People cannot be added up from finer groups, so each breakdown counts its own.
with complaints as (select * from {{ ref('int_complaints_located') }}),

members as (
    select 'region' as breakdown, region_code as member_code, region_name as member_name from {{ ref('dim_region') }}
    union all
    select case list_name when 'department' then 'department' else 'kind' end, code, code_name
    from {{ ref('code_names') }}
    where list_name in ('department', 'complaint_kind')
),

complaints_counted as (
    select
        case
            when grouping(region_code) = 0 then 'region'
            when grouping(receiving_department) = 0 then 'department'
            else 'kind'
        end as breakdown,
        coalesce(region_code, receiving_department, complaint_kind) as member_code,
        month_start,
        max(as_of_date) as as_of_date,
        count(distinct person_key) as complainant_count,
        count(*) as complaint_count,
        count_if(is_closed) as closed_count,
        count_if(not is_closed) as open_count,
        count_if(not is_closed and age_days <= 7) as open_7_days_count,
        count_if(not is_closed and age_days between 8 and 30) as open_30_days_count,
        count_if(not is_closed and age_days > 30) as open_older_count,
        avg(age_days) filter (where is_closed) as mean_closing_days,
        avg(reply_days) as mean_reply_days,
        count_if(is_closed and is_justified) as justified_count,
        count_if(is_nonconformity) as nonconformity_count,
        count_if(needs_corrective_action) as corrective_action_count,
        sum(compensation_cny) as compensation_cny,
        avg(revisit_score) as mean_revisit_score
    from complaints
    group by grouping sets (
        (month_start, region_code), (month_start, receiving_department), (month_start, complaint_kind)
    )
),

fct_complaint_month as (
    select
        complaints_counted.breakdown,
        complaints_counted.member_code,
        members.member_name,
        complaints_counted.month_start,
        complaints_counted.as_of_date,
        {{ suppress_small_cells('complainant_count', people='complainant_count') }} as complainant_count,
        {{ suppress_small_cells('complaint_count', people='complainant_count') }} as complaint_count,
        {{ suppress_small_cells('closed_count', people='complainant_count') }} as closed_count,
        {{ suppress_small_cells('open_count', people='complainant_count') }} as open_count,
        {{ suppress_small_cells('open_7_days_count', people='complainant_count') }} as open_7_days_count,
        {{ suppress_small_cells('open_30_days_count', people='complainant_count') }} as open_30_days_count,
        {{ suppress_small_cells('open_older_count', people='complainant_count') }} as open_older_count,
        {{ suppress_small_cells('mean_closing_days', people='complainant_count') }} as mean_closing_days,
        {{ suppress_small_cells('mean_reply_days', people='complainant_count') }} as mean_reply_days,
        {{ suppress_small_cells('justified_count', people='complainant_count') }} as justified_count,
        {{ suppress_small_cells('nonconformity_count', people='complainant_count') }} as nonconformity_count,
        {{ suppress_small_cells('corrective_action_count', people='complainant_count') }} as corrective_action_count,
        {{ suppress_small_cells('compensation_cny', people='complainant_count') }} as compensation_cny,
        {{ suppress_small_cells('mean_revisit_score', people='complainant_count') }} as mean_revisit_score
    from complaints_counted
    left join members
        on complaints_counted.breakdown = members.breakdown and complaints_counted.member_code = members.member_code
)

select * from fct_complaint_month
