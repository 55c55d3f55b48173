with visits as (select * from {{ ref('int_visits_checked') }}),

cards as (select * from {{ ref('int_cards_checked') }}),

lost_deals as (
    select lost_deals.lost_on, lost_deals.consultant_key, coalesce(cards.person_key, lost_deals.card_key) as person_key
    from {{ ref('stg_dealer__lost_deals') }} as lost_deals
    left join cards on lost_deals.card_key = cards.card_key
    where lost_deals.approval_state = 'approved'
),

-- Everything that happened, by the day on which it did; defects of a card stand in the month in which it was opened.
events as (
    select consultant_key, visited_on as happened_on, 'visit' as event_kind, person_key, has_test_drive,
        is_source_missing, is_incomplete, is_implausible, cast(null as array<boolean>) as defects, false as is_overdue
    from visits
    union all
    select consultant_key, opened_on, 'card', person_key, false, false, false, false,
        array(lacks_summary, lacks_plan, has_missed_plan, is_reviewed_late, has_poor_plan, lacks_order_follow_up),
        is_follow_up_overdue
    from cards
    union all
    select consultant_key, ordered_on, 'order', person_key, false, false, false, false, null, false
    from cards
    where ordered_on is not null
    union all
    select consultant_key, delivered_on, 'delivery', person_key, false, false, false, false, null, false
    from cards
    where delivered_on is not null
    union all
    select consultant_key, lost_on, 'loss', person_key, false, false, false, false, null, false
    from lost_deals
),

events_counted as (
    select
        consultant_key,
        cast(trunc(happened_on, 'month') as date) as month_start,
        count(distinct person_key) as prospect_count,
        count_if(event_kind = 'visit') as visit_count,
        count_if(has_test_drive) as test_drive_count,
        count_if(is_source_missing) as source_missing_count,
        count_if(is_incomplete) as incomplete_count,
        count_if(is_implausible) as implausible_count,
        count_if(event_kind = 'card') as card_count,
        count_if(event_kind = 'order') as order_count,
        count_if(event_kind = 'delivery') as delivery_count,
        count_if(event_kind = 'loss') as lost_count,
        count_if(is_overdue) as overdue_follow_up_count,
        count_if(defects[0]) as no_summary_count,
        count_if(defects[1]) as no_plan_count,
        count_if(defects[2]) as missed_plan_count,
        count_if(defects[3]) as late_review_count,
        count_if(defects[4]) as poor_plan_count,
        count_if(defects[5]) as no_order_follow_up_count
    from events
    group by 1, 2
),

fct_sales_funnel_month as (
    select
        {{ code_for_readers('consultant_key', 'fct_sales_funnel_month') }} as consultant_code,
        month_start,
        {{ suppress_small_cells('prospect_count', people='prospect_count') }} as prospect_count,
        {{ suppress_small_cells('visit_count', people='prospect_count') }} as visit_count,
        {{ suppress_small_cells('test_drive_count', people='prospect_count') }} as test_drive_count,
        {{ suppress_small_cells('source_missing_count', people='prospect_count') }} as source_missing_count,
        {{ suppress_small_cells('incomplete_count', people='prospect_count') }} as incomplete_count,
        {{ suppress_small_cells('implausible_count', people='prospect_count') }} as implausible_count,
        {{ suppress_small_cells('card_count', people='prospect_count') }} as card_count,
        {{ suppress_small_cells('order_count', people='prospect_count') }} as order_count,
        {{ suppress_small_cells('delivery_count', people='prospect_count') }} as delivery_count,
        {{ suppress_small_cells('lost_count', people='prospect_count') }} as lost_count,
        {{ suppress_small_cells('overdue_follow_up_count', people='prospect_count') }} as overdue_follow_up_count,
        {{ suppress_small_cells('no_summary_count', people='prospect_count') }} as no_summary_count,
        {{ suppress_small_cells('no_plan_count', people='prospect_count') }} as no_plan_count,
        {{ suppress_small_cells('missed_plan_count', people='prospect_count') }} as missed_plan_count,
        {{ suppress_small_cells('late_review_count', people='prospect_count') }} as late_review_count,
        {{ suppress_small_cells('poor_plan_count', people='prospect_count') }} as poor_plan_count,
        {{ suppress_small_cells('no_order_follow_up_count', people='prospect_count') }} as no_order_follow_up_count
    from events_counted
)

select * from fct_sales_funnel_month
