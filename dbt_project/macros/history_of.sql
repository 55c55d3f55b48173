{# A type-2 history: one row per `key` and time in which none of `attributes` changed. Of the exports of one day the newest
   speaks; a value that comes back begins a new time. `valid_to` is the last day of it, NULL for the present one. It reaches
   back as far as the desensitised versions are kept, and a person who is erased there is gone here too. #}
{% macro history_of(relation, key, attributes) -%}
    select
        {{ key }},
        {{ attributes | join(',\n        ') }},
        arrival_date as valid_from,
        date_sub(lead(arrival_date) over (partition by {{ key }} order by arrival_date), 1) as valid_to
    from (
        select
            *,
            struct({{ attributes | join(', ') }}) as present,
            lag(struct({{ attributes | join(', ') }})) over (partition by {{ key }} order by arrival_date) as former
        from (
            select * from {{ relation }}
            qualify {{ is_newest_version([key, 'arrival_date']) }}
        )
    )
    where not present <=> former
{%- endmacro %}
