-- Measurements are the largest input; only the local days whose files changed are read again.
{{ config(materialized='incremental', incremental_strategy='append',
          pre_hook="{{ forget_changed_periods(ref('int_measurement_days'), 'measured_on', 'day_fingerprint') }}") }}
{% set days = changed_periods(ref('int_measurement_days'), 'measured_on', 'day_fingerprint') if is_incremental() else [] %}

with measurements as (
    select * from {{ ref('stg_network__cell_measurements') }}
    where enodeb_id is not null and cell_id is not null
    {% if is_incremental() %}
        and measured_on in ({{ as_dates(days) }})
        -- the same again as a range of the stored column, which lets the engine skip files
        and period_ended_at between {{ utc_range_of(days) }}
    {% endif %}
),

fingerprints as (
    select * from {{ ref('int_measurement_days') }}
),

-- One row per cell and period. A ratio needs both of its counters from the same period, so they are brought together
-- before anything is added up; what the network itself calls suspect is counted, but adds nothing.
cell_periods as (
    select
        enodeb_id,
        cell_id,
        measured_on,
        period_ended_at,
        max(granularity_s) as granularity_s,
        max(value) filter (where counter_name = 'RRC.ConnEstabAtt.Sum' and not is_suspect) as rrc_attempt_count,
        max(value) filter (where counter_name = 'RRC.ConnEstabSucc.Sum' and not is_suspect) as rrc_success_count,
        max(value) filter (where counter_name = 'ERAB.RelActNbr' and not is_suspect) as erab_release_count,
        max(value) filter (where counter_name = 'ERAB.RelAbnormal' and not is_suspect) as erab_drop_count,
        max(value) filter (where counter_name = 'CELL.AvailableTime' and not is_suspect) as available_s,
        max(value) filter (where counter_name = 'DRB.PdcpSduVolumeDL' and not is_suspect) as downlink_kb,
        count(*) as measurement_count,
        count_if(is_suspect) as suspect_count
    from measurements
    group by enodeb_id, cell_id, measured_on, period_ended_at
),

cell_days as (
    select
        enodeb_id,
        cell_id,
        measured_on,
        sum(rrc_attempt_count) filter (where rrc_success_count is not null) as rrc_attempt_count,
        sum(rrc_success_count) filter (where rrc_attempt_count is not null) as rrc_success_count,
        sum(erab_release_count) filter (where erab_drop_count is not null) as erab_release_count,
        sum(erab_drop_count) filter (where erab_release_count is not null) as erab_drop_count,
        sum(available_s) as available_s,
        sum(granularity_s) filter (where available_s is not null) as observed_s,
        sum(downlink_kb) as downlink_kb,
        sum(measurement_count) as measurement_count,
        sum(suspect_count) as suspect_count
    from cell_periods
    group by enodeb_id, cell_id, measured_on
),

int_network_cell_days as (
    select
        cell_days.enodeb_id,
        cell_days.cell_id,
        cell_days.measured_on,
        cell_days.rrc_attempt_count,
        cell_days.rrc_success_count,
        cell_days.erab_release_count,
        cell_days.erab_drop_count,
        cell_days.available_s,
        cell_days.observed_s,
        cell_days.downlink_kb,
        cell_days.measurement_count,
        cell_days.suspect_count,
        fingerprints.day_fingerprint
    from cell_days
    left join fingerprints on cell_days.measured_on = fingerprints.measured_on
)

select * from int_network_cell_days
