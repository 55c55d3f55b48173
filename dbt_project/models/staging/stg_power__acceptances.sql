with acceptances as (
    select * from {{ source('desensitised', 'power_acceptances') }}
),

stg_power__acceptances as (
    select
        acceptance_key,
        application_key,
        supply_station,
        acceptance_round,
        inspected_on,
        result,
        reinspection_fee_cny,
        arrival_date
    from acceptances
    qualify {{ is_newest_version(['acceptance_key']) }}
)

select * from stg_power__acceptances
