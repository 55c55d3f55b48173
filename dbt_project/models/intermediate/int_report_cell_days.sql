-- Measurement reports (MR) of a cell and day; like the counters, only days whose files changed are read again.
{{ config(materialized='incremental', incremental_strategy='append',
          pre_hook="{{ forget_changed_periods(ref('int_report_days'), 'measured_on', 'day_fingerprint') }}") }}
{% set days = changed_periods(ref('int_report_days'), 'measured_on', 'day_fingerprint') if is_incremental() else [] %}

with reports as (
    select * from {{ ref('stg_network__mro_samples') }}
    {% if is_incremental() %}
    where measured_on in ({{ as_dates(days) }})
        -- the same again as a range of the stored column, which lets the engine skip files
        and period_ended_at between {{ utc_range_of(days) }}
    {% endif %}
),

fingerprints as (
    select * from {{ ref('int_report_days') }}
),

cell_days as (
    select
        enodeb_id,
        cell_id,
        measured_on,
        -- a connection lasts minutes, so there are more of them than people: a lower bound of people is not known
        count(distinct connection_key) as connection_count,
        count(*) as report_count,
        count_if(serving_rsrp_dbm < {{ var('weak_rsrp_dbm') }}) as weak_report_count,
        sum(serving_rsrp_dbm) as rsrp_sum_dbm,
        count(uplink_sinr_db) as sinr_report_count,
        sum(uplink_sinr_db) as sinr_sum_db
    from reports
    group by enodeb_id, cell_id, measured_on
),

int_report_cell_days as (
    select
        cell_days.enodeb_id,
        cell_days.cell_id,
        cell_days.measured_on,
        cell_days.connection_count,
        cell_days.report_count,
        cell_days.weak_report_count,
        cell_days.rsrp_sum_dbm,
        cell_days.sinr_report_count,
        cell_days.sinr_sum_db,
        fingerprints.day_fingerprint
    from cell_days
    left join fingerprints on cell_days.measured_on = fingerprints.measured_on
)

select * from int_report_cell_days
