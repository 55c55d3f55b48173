{# The sum over those columns that are known; NULL where none is. A field left empty in a form is not a zero. #}
{% macro sum_of_known(columns) -%}
    case
        when coalesce({{ columns | join(', ') }}) is not null
        then {% for column in columns %}coalesce({{ column }}, 0){{ ' + ' if not loop.last }}{% endfor %}
    end
{%- endmacro %}
