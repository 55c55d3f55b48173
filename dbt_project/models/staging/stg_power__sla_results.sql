with sla_results as (
    select * from {{ source('desensitised', 'power_sla_results') }}
),

stg_power__sla_results as (
    select
        service_item,
        manager_layer,
        period_start_on,
        period_end_on,
        target_version,
        target_hours,
        forecast_hours,
        case_count,
        met_count,
        missed_count,
        is_confirmed
    from sla_results
    qualify {{ is_newest_version(['service_item', 'manager_layer', 'period_start_on']) }}
)

select * from stg_power__sla_results
