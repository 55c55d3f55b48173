with lost_deals as (
    select * from {{ source('desensitised', 'dealer_lost_deals') }}
),

stg_dealer__lost_deals as (
    select
        application_key,
        card_key,
        lost_on,
        price_cny,
        reason_kind,
        consultant_key,
        approval_state
    from lost_deals
    qualify {{ is_newest_version(['application_key']) }}
)

select * from stg_dealer__lost_deals
