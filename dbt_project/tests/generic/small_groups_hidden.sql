{# No shown number of `people` is below the smallest visible group, and where that number is hidden, so are all `values`
   that rest on the same people. This judges the table as it is, however its SQL came by it. #}
{% test small_groups_hidden(model, people, values=[]) %}
    select {{ ([people] + values) | join(', ') }}
    from {{ model }}
    where {{ people }} < {{ var('smallest_visible_group') }}
    {%- for value in values %} or ({{ people }} is null and {{ value }} is not null){% endfor %}
{% endtest %}
