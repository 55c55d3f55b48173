-- One row per report and not per neighbour: the figures of the serving cell repeat with each of them.
with mro_samples as (
    select * from {{ source('desensitised', 'network_mro_samples') }}
    where neighbour_number = 1 and serving_rsrp_dbm is not null
),

stg_network__mro_samples as (
    select
        enodeb_id,
        cell_id,
        period_ended_at,
        {{ measured_on('period_ended_at') }} as measured_on,
        report_number,
        connection_key,
        serving_rsrp_dbm,
        uplink_sinr_db
    from mro_samples
    qualify {{ is_newest_version(['enodeb_id', 'cell_id', 'period_started_at', 'report_number']) }}
)

select * from stg_network__mro_samples
