with files as (select * from {{ ref('stg_ops__files') }}),

batches as (select * from {{ ref('stg_ops__batches') }}),

verdicts as (select * from {{ ref('stg_ops__verdicts') }}),

datasets as (select * from {{ ref('datasets') }}),

files_counted as (
    select
        dataset,
        arrival_date,
        count(*) as file_count,
        sum(deliveries) as delivery_count,
        count_if(state = 'quarantined') as refused_file_count,
        count_if(state = 'claimed') as waiting_file_count,
        coalesce(sum(rows_in), 0) as row_count,
        coalesce(sum(rows_loaded), 0) as loaded_row_count,
        coalesce(sum(rows_quarantined), 0) as quarantined_row_count,
        coalesce(sum(rows_duplicate), 0) as duplicate_row_count,
        max(first_seen_at) as last_seen_at
    from files
    group by dataset, arrival_date
),

-- A batch stands once in every zone it came to; how far it came is told by the last of them.
batches_followed as (
    select
        dataset,
        batch_id,
        max(arrival_date) as arrival_date,
        bool_or(zone = 'desensitised' and state = 'passed') as is_released,
        bool_or(state = 'failed') as is_stopped
    from batches
    group by dataset, batch_id
),

batches_counted as (
    select
        dataset,
        arrival_date,
        count(*) as batch_count,
        count_if(is_released) as released_batch_count,
        count_if(is_stopped and not is_released) as stopped_batch_count
    from batches_followed
    where arrival_date is not null
    group by dataset, arrival_date
),

verdicts_counted as (
    select
        batches_followed.dataset,
        batches_followed.arrival_date,
        count(*) as verdict_count,
        count_if(not verdicts.passed and verdicts.severity = 'error') as failed_verdict_count,
        count_if(not verdicts.passed and verdicts.severity <> 'error') as warned_verdict_count
    from verdicts
    inner join batches_followed
        on verdicts.dataset = batches_followed.dataset and verdicts.batch_id = batches_followed.batch_id
    where batches_followed.arrival_date is not null
    group by batches_followed.dataset, batches_followed.arrival_date
),

fct_data_health_day as (
    select
        files_counted.dataset,
        coalesce(datasets.dataset_name, files_counted.dataset) as dataset_name,
        datasets.family,
        files_counted.arrival_date as date,
        files_counted.file_count,
        files_counted.delivery_count,
        files_counted.refused_file_count,
        files_counted.waiting_file_count,
        files_counted.row_count,
        files_counted.loaded_row_count,
        files_counted.quarantined_row_count,
        files_counted.duplicate_row_count,
        try_divide(files_counted.quarantined_row_count, files_counted.row_count) as quarantined_share,
        files_counted.row_count = files_counted.loaded_row_count + files_counted.quarantined_row_count
            + files_counted.duplicate_row_count as is_balanced,
        coalesce(batches_counted.batch_count, 0) as batch_count,
        coalesce(batches_counted.released_batch_count, 0) as released_batch_count,
        coalesce(batches_counted.stopped_batch_count, 0) as stopped_batch_count,
        coalesce(verdicts_counted.verdict_count, 0) as verdict_count,
        coalesce(verdicts_counted.failed_verdict_count, 0) as failed_verdict_count,
        coalesce(verdicts_counted.warned_verdict_count, 0) as warned_verdict_count,
        files_counted.last_seen_at
    from files_counted
    left join datasets on files_counted.dataset = datasets.dataset
    left join batches_counted
        on files_counted.dataset = batches_counted.dataset and files_counted.arrival_date = batches_counted.arrival_date
    left join verdicts_counted
        on files_counted.dataset = verdicts_counted.dataset and files_counted.arrival_date = verdicts_counted.arrival_date
)

select * from fct_data_health_day
