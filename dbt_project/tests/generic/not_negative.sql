{# None of `columns` is below zero; NULL, hidden or unknown, is allowed. #}
{% test not_negative(model, columns) %}
    select {{ columns | join(', ') }}
    from {{ model }}
    where {% for column in columns %}{{ column }} < 0{{ ' or ' if not loop.last }}{% endfor %}
{% endtest %}
