with surveys as (select * from {{ ref('stg_crm__satisfaction_survey') }}),

customers as (select * from {{ ref('int_customers_identified') }}),

complaints as (select * from {{ ref('int_complaints_located') }}),

regions as (select * from {{ ref('dim_region') }}),

weak_aspects as {{ code_list('weak_aspect') }},

answers as (
    select
        cast(surveys.survey_year as int) as survey_year,
        coalesce(regions.region_code, '{{ var("unknown_region_code") }}') as region_code,
        coalesce(surveys.customer_key, surveys.submission_key) as person_key,
        surveys.weak_aspects,
        marks.*
    from surveys
    left join regions on surveys.region_code = regions.region_code
    lateral view explode(map(
        'service', surveys.service_quality_score, 'price', surveys.package_price_score,
        'company', surveys.company_score, 'product', surveys.product_quality_score,
        'delivery', surveys.delivery_score, 'overall', surveys.overall_score
    )) marks as aspect_code, score
),

answers_summed as (
    select
        survey_year,
        region_code,
        aspect_code,
        count(distinct person_key) as respondent_count,
        avg(score) as mean_score,
        avg(cast(score <= 2 as int)) as discontent_share,
        count_if(array_contains(weak_aspects, aspect_code)) as weak_mention_count
    from answers
    where score is not null
    group by survey_year, region_code, aspect_code
),

customers_counted as (
    select survey_years.survey_year, customers.region_code, count(distinct customers.person_key) as customer_count
    from (select distinct survey_year from answers_summed) as survey_years
    inner join customers on year(customers.registered_month) <= survey_years.survey_year
    group by survey_years.survey_year, customers.region_code
),

-- Which aspect a complaint speaks of is our own reading; actions called for in the year of the survey stand beside it.
actions_counted as (
    select
        year(month_start) as survey_year,
        region_code,
        case complaint_kind
            when 'service' then 'service' when 'price' then 'price' when 'billing' then 'price'
            when 'product_quality' then 'product' when 'network' then 'product' when 'power_supply' then 'product'
            when 'delivery' then 'delivery' else 'company'
        end as aspect_code,
        count(distinct person_key) as complainant_count,
        count(*) as corrective_action_count
    from complaints
    where needs_corrective_action
    group by 1, 2, 3
),

fct_satisfaction_year as (
    select
        answers_summed.survey_year,
        answers_summed.region_code,
        regions.city_name,
        regions.province_name,
        answers_summed.aspect_code,
        coalesce(weak_aspects.code_name, '总体满意度') as aspect_name,
        {{ suppress_small_cells('answers_summed.respondent_count',
                                people='answers_summed.respondent_count') }} as respondent_count,
        {{ suppress_small_cells(in_whole_groups('customers_counted.customer_count'),
                                people='customers_counted.customer_count') }} as customer_count,
        {{ suppress_small_cells('try_divide(answers_summed.respondent_count, '
                                ~ in_whole_groups('customers_counted.customer_count') ~ ')',
                                people='least(answers_summed.respondent_count, customers_counted.customer_count)')
           }} as coverage_ratio,
        {{ suppress_small_cells('answers_summed.mean_score', people='answers_summed.respondent_count') }} as mean_score,
        {{ suppress_small_cells('answers_summed.discontent_share',
                                people='answers_summed.respondent_count') }} as discontent_share,
        {{ suppress_small_cells('answers_summed.weak_mention_count',
                                people='answers_summed.respondent_count') }} as weak_mention_count,
        cast({{ var('required_satisfaction_score') }} as double) as required_score,
        {{ suppress_small_cells('answers_summed.mean_score < ' ~ var('required_satisfaction_score'),
                                people='answers_summed.respondent_count') }} as is_below_required,
        {{ suppress_small_cells('actions_counted.corrective_action_count',
                                people='actions_counted.complainant_count') }} as corrective_action_count
    from answers_summed
    inner join regions on answers_summed.region_code = regions.region_code
    left join weak_aspects on answers_summed.aspect_code = weak_aspects.code
    left join customers_counted
        on answers_summed.survey_year = customers_counted.survey_year
        and answers_summed.region_code = customers_counted.region_code
    left join actions_counted
        on answers_summed.survey_year = actions_counted.survey_year
        and answers_summed.region_code = actions_counted.region_code
        and answers_summed.aspect_code = actions_counted.aspect_code
)

select * from fct_satisfaction_year
