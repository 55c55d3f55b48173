{# `value`, or NULL where it rests on fewer than `smallest_visible_group` people. NULL means hidden, also for nobody at
   all: a shown zero would tell that no one is there. People are counted as distinct persons or organisations, never as
   rows: five purchases of one person are one person. #}
{% macro suppress_small_cells(value, people) -%}
    case when {{ people }} >= {{ var('smallest_visible_group') }} then {{ value }} end
{%- endmacro %}


{# `count` in steps of `smallest_visible_group`, rounded down. For running totals only: without it the difference
   between two shown months would tell the number of newcomers that suppress_small_cells hides. #}
{% macro in_whole_groups(count) -%}
    {{ count }} div {{ var('smallest_visible_group') }} * {{ var('smallest_visible_group') }}
{%- endmacro %}
