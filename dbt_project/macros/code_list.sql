{# Codes and Chinese names of one list of seeds/code_names.csv; `unknown` is a member of each. #}
{% macro code_list(list_name) -%}
    (select code, code_name from {{ ref('code_names') }} where list_name = '{{ list_name }}')
{%- endmacro %}
