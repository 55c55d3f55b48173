{# Every row has a value in each of `columns`; a code without a name in the seeds shows up here. #}
{% test complete(model, columns) %}
    select {{ columns | join(', ') }}
    from {{ model }}
    where {% for column in columns %}{{ column }} is null{{ ' or ' if not loop.last }}{% endfor %}
{% endtest %}
