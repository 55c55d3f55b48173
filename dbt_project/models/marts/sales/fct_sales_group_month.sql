-- People cannot be added up from finer groups, so each breakdown counts its own; what does not belong to a breakdown is
-- NULL there, as the description says.
with visits as (select * from {{ ref('int_visits_checked') }}),

cards as (select * from {{ ref('int_cards_checked') }}),

staged_follow_ups as (select *, {{ as_of_date() }} from {{ ref('stg_dealer__follow_ups') }}),

follow_ups as (
    select
        staged_follow_ups.*,
        coalesce(staged_follow_ups.level_before, cards.intention_level, 'unknown') as level_code,
        coalesce(cards.person_key, staged_follow_ups.card_key) as person_key,
        coalesce(staged_follow_ups.planned_on, staged_follow_ups.visited_on) as follow_up_on
    from staged_follow_ups
    left join cards on staged_follow_ups.card_key = cards.card_key
),

lost_deals as (
    select lost_deals.*, coalesce(cards.person_key, lost_deals.card_key) as person_key
    from {{ ref('stg_dealer__lost_deals') }} as lost_deals
    left join cards on lost_deals.card_key = cards.card_key
    where lost_deals.approval_state = 'approved'
),

facts as (
    select 'source' as breakdown, information_source as member_code, visited_on as happened_on, person_key,
        1 as visits, cast(has_test_drive as int) as test_drives, 0 as cards, 0 as orders, cast(null as int) as losses,
        cast(null as int) as planned, cast(null as int) as done, cast(null as int) as missed, cast(null as int) as overdue,
        cast(null as int) as without_record, cast(null as decimal(18, 2)) as price_cny
    from visits
    union all
    select 'source', information_source, opened_on, person_key,
        0, 0, 1, cast(ordered_on is not null as int), null, null, null, null, null, null, null
    from cards
    union all
    select 'level', level_code, follow_up_on, person_key, null, null, null, null, null,
        cast(planned_on is not null as int), cast(visit_state = 'done' as int), cast(visit_state = 'missed' as int),
        cast(visit_state = 'planned' and planned_on < as_of_date as int),
        cast(visit_state = 'done' and visit_record_stars is null as int), null
    from follow_ups
    -- what is planned for a day to come is no month's figure yet
    where follow_up_on <= as_of_date
    union all
    select 'reason', reason_kind, lost_on, person_key, null, null, null, null, 1, null, null, null, null, null, price_cny
    from lost_deals
),

facts_counted as (
    select
        breakdown,
        member_code,
        cast(trunc(happened_on, 'month') as date) as month_start,
        count(distinct person_key) as prospect_count,
        sum(visits) as visit_count,
        sum(test_drives) as test_drive_count,
        sum(cards) as card_count,
        sum(orders) as ordered_card_count,
        sum(losses) as lost_count,
        cast(avg(price_cny) as decimal(18, 2)) as mean_lost_price_cny,
        sum(planned) as planned_follow_up_count,
        sum(done) as done_follow_up_count,
        sum(missed) as missed_follow_up_count,
        sum(overdue) as overdue_follow_up_count,
        sum(without_record) as follow_up_without_record_count
    from facts
    group by 1, 2, 3
),

members as (
    select
        case list_name when 'information_source' then 'source' when 'intention_level' then 'level' else 'reason' end
            as breakdown,
        code as member_code,
        code_name as member_name
    from {{ ref('code_names') }}
    where list_name in ('information_source', 'intention_level', 'lost_reason')
),

fct_sales_group_month as (
    select
        facts_counted.breakdown,
        facts_counted.member_code,
        members.member_name,
        facts_counted.month_start,
        {{ suppress_small_cells('prospect_count', people='prospect_count') }} as prospect_count,
        {{ suppress_small_cells('visit_count', people='prospect_count') }} as visit_count,
        {{ suppress_small_cells('test_drive_count', people='prospect_count') }} as test_drive_count,
        {{ suppress_small_cells('card_count', people='prospect_count') }} as card_count,
        {{ suppress_small_cells('ordered_card_count', people='prospect_count') }} as ordered_card_count,
        {{ suppress_small_cells('lost_count', people='prospect_count') }} as lost_count,
        {{ suppress_small_cells('mean_lost_price_cny', people='prospect_count') }} as mean_lost_price_cny,
        {{ suppress_small_cells('planned_follow_up_count', people='prospect_count') }} as planned_follow_up_count,
        {{ suppress_small_cells('done_follow_up_count', people='prospect_count') }} as done_follow_up_count,
        {{ suppress_small_cells('missed_follow_up_count', people='prospect_count') }} as missed_follow_up_count,
        {{ suppress_small_cells('overdue_follow_up_count', people='prospect_count') }} as overdue_follow_up_count,
        {{ suppress_small_cells('follow_up_without_record_count',
                                people='prospect_count') }} as follow_up_without_record_count
    from facts_counted
    left join members
        on facts_counted.breakdown = members.breakdown and facts_counted.member_code = members.member_code
)

select * from fct_sales_group_month
