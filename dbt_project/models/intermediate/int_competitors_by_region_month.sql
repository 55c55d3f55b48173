with competitor_survey as (select * from {{ ref('stg_forms__competitor_survey') }}),

regions as (select * from {{ ref('dim_region') }}),

surveys_located as (
    select
        competitor_survey.*,
        coalesce(regions.region_code, '{{ var("unknown_region_code") }}') as located_region_code,
        cast(trunc(competitor_survey.filled_on, 'month') as date) as month_start
    from competitor_survey
    left join regions on competitor_survey.region_code = regions.region_code
),

-- Several partners may describe one competitor in a month; the newest form speaks for it.
newest_of_competitor as (
    select *
    from surveys_located
    qualify row_number() over (
        partition by located_region_code, month_start, competitor_key
        order by filled_on desc, submitted_at desc, submission_key desc
    ) = 1
),

int_competitors_by_region_month as (
    select
        located_region_code as region_code,
        month_start,
        count(*) as competitor_count,
        sum(branch_count) as competitor_branch_count,
        sum(student_count) as competitor_student_count,
        cast(avg(term_price_cny) as decimal(18, 2)) as competitor_term_price_cny
    from newest_of_competitor
    group by located_region_code, month_start
)

select * from int_competitors_by_region_month
