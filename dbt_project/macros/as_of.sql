{# The day a register speaks of: the newest arrival of it. What is not done by then is open as far as anybody knows; a
   clock would call a matter overdue that was settled since the last export. NULL where nothing arrived. #}
{% macro as_of(relation) -%}
    (select max(arrival_date) from {{ relation }})
{%- endmacro %}
