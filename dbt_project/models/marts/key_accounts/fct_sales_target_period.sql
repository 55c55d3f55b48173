with targets as (select * from {{ ref('stg_crm__sales_targets') }}),

regions as (select * from {{ ref('dim_region') }}),

targets_summed as (
    select
        targets.period_kind,
        targets.period_start_on,
        max(targets.period_end_on) as period_end_on,
        coalesce(regions.region_code, '{{ var("unknown_region_code") }}') as region_code,
        coalesce(targets.customer_type, 'unknown') as customer_type,
        coalesce(targets.sales_way, 'unknown') as sales_way,
        count(distinct targets.employee_key) as employee_count,
        sum(targets.target_amount_cny) as target_amount_cny,
        sum(targets.result_amount_cny) as result_amount_cny,
        sum(targets.target_account_count) as target_account_count,
        sum(targets.developed_account_count) as developed_account_count
    from targets
    left join regions on targets.region_code = regions.region_code
    group by 1, 2, 4, 5, 6
),

fct_sales_target_period as (
    select
        targets_summed.period_kind,
        targets_summed.period_start_on,
        targets_summed.period_end_on,
        targets_summed.region_code,
        regions.city_name,
        regions.province_name,
        targets_summed.customer_type,
        targets_summed.sales_way,
        {{ suppress_small_cells('targets_summed.employee_count',
                                people='targets_summed.employee_count') }} as employee_count,
        targets_summed.target_amount_cny,
        {{ suppress_small_cells('targets_summed.result_amount_cny',
                                people='targets_summed.employee_count') }} as result_amount_cny,
        {{ suppress_small_cells('try_divide(targets_summed.result_amount_cny, targets_summed.target_amount_cny)',
                                people='targets_summed.employee_count') }} as reached_ratio,
        targets_summed.target_account_count,
        {{ suppress_small_cells('targets_summed.developed_account_count',
                                people='targets_summed.employee_count') }} as developed_account_count
    from targets_summed
    inner join regions on targets_summed.region_code = regions.region_code
)

select * from fct_sales_target_period
