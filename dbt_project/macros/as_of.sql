{# The day a register speaks of: the newest arrival of it, beside each of its rows. What is not done by then is open as far
   as anybody knows; a clock would call a matter overdue that was settled since the last export. For registers only: one
   task sees all rows. #}
{% macro as_of_date() -%}
    max(arrival_date) over () as as_of_date
{%- endmacro %}
