with results as (select * from {{ ref('stg_power__sla_results') }}),

service_items as {{ code_list('service_item') }},

manager_layers as {{ code_list('manager_layer') }},

fct_sla_period as (
    select
        results.service_item,
        service_items.code_name as service_item_name,
        results.manager_layer,
        manager_layers.code_name as manager_layer_name,
        results.period_start_on,
        results.period_end_on,
        results.target_version,
        results.target_hours,
        results.forecast_hours,
        results.case_count,
        results.met_count,
        results.missed_count,
        try_divide(results.met_count, results.case_count) as met_share,
        results.is_confirmed
    from results
    left join service_items on results.service_item = service_items.code
    left join manager_layers on results.manager_layer = manager_layers.code
)

select * from fct_sla_period
