{# Whether a record of the business CRM export still stands; a flag that the export leaves empty speaks for it. #}
{% macro is_current_record() -%}
    coalesce(not is_deleted, true) and coalesce(is_active_version, true)
{%- endmacro %}


{# The industry as the export writes it, for no closed list exists; an empty one is a group of its own. #}
{% macro industry_text(column) -%}
    coalesce(nullif(trim({{ column }}), ''), '未知')
{%- endmacro %}
