-- Every measurement of a cell is in exactly one of the cell's days. Only the two newest days are counted again, so that the
-- cost does not follow history; older days are guarded by their fingerprints.
with newest_days as (
    select coalesce(max(measured_on), date'1970-01-02') - interval 1 day as starts_on from {{ ref('int_network_cell_days') }}
),

staged as (
    select measured_on, count(*) as measurement_count
    from {{ ref('stg_network__cell_measurements') }}
    where enodeb_id is not null and cell_id is not null and measured_on >= (select starts_on from newest_days)
        -- the same again of the stored column, which lets the engine skip what is older
        and period_ended_at >= (select {{ utc_start_of('starts_on') }} from newest_days)
    group by measured_on
),

summed as (
    select measured_on, sum(measurement_count) as measurement_count
    from {{ ref('int_network_cell_days') }}
    where measured_on >= (select starts_on from newest_days)
    group by measured_on
)

select
    coalesce(staged.measured_on, summed.measured_on) as measured_on,
    staged.measurement_count,
    summed.measurement_count as summed_count
from staged
full outer join summed on staged.measured_on = summed.measured_on
where not staged.measurement_count <=> summed.measurement_count
