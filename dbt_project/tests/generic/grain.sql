{# One row per `columns`, none of which is NULL; nor is any of `filled`, such as the names that belong to the codes. One
   query for both, because a build asks this of every table. #}
{% test grain(model, columns, filled=[]) %}
    select {{ columns | join(', ') }}, count(*) as row_count
    from {{ model }}
    group by {{ columns | join(', ') }}
    having count(*) > 1
    {%- for column in columns %} or {{ column }} is null{% endfor %}
    {%- for column in filled %} or count({{ column }}) < count(*){% endfor %}
{% endtest %}
