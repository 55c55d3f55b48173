with drive_tests as (
    select * from {{ source('desensitised', 'network_drive_tests') }}
),

stg_network__drive_tests as (
    select
        measured_on,
        longitude_grid,
        latitude_grid,
        enodeb_id,
        cell_id,
        rsrp_dbm,
        snr_db,
        downlink_kbit_s,
        ping_average_ms
    from drive_tests
)

select * from stg_network__drive_tests
