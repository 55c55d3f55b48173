with datasets as (select * from {{ ref('datasets') }}),

days as (
    select dataset, arrival_date, lag(arrival_date) over (partition by dataset order by arrival_date) as day_before
    from (select distinct dataset, arrival_date from {{ ref('stg_ops__files') }} where rows_loaded > 0)
),

newest as (select max(arrival_date) as as_of_date from days),

days_summed as (
    select
        dataset,
        min(arrival_date) as first_arrival_date,
        max(arrival_date) as last_arrival_date,
        count(*) as arrival_day_count,
        median(datediff(arrival_date, day_before)) as usual_gap_days
    from days
    group by dataset
),

fct_dataset_freshness as (
    select
        datasets.dataset,
        datasets.dataset_name,
        datasets.family,
        newest.as_of_date,
        days_summed.first_arrival_date,
        days_summed.last_arrival_date,
        coalesce(days_summed.arrival_day_count, 0) as arrival_day_count,
        days_summed.usual_gap_days,
        datediff(newest.as_of_date, days_summed.last_arrival_date) as days_behind,
        case
            when days_summed.dataset is null then 'never_arrived'
            when days_summed.usual_gap_days is null then 'arrived_once'
            when datediff(newest.as_of_date, days_summed.last_arrival_date) > 2 * days_summed.usual_gap_days then 'late'
            else 'fresh'
        end as freshness_state
    from datasets
    cross join newest
    left join days_summed on datasets.dataset = days_summed.dataset
)

select * from fct_dataset_freshness
