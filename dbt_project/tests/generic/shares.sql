{# Each of `columns` lies between 0 and 1; NULL, nothing to divide by, is allowed. #}
{% test shares(model, columns) %}
    select {{ columns | join(', ') }}
    from {{ model }}
    where {% for column in columns %}{{ column }} not between 0 and 1{{ ' or ' if not loop.last }}{% endfor %}
{% endtest %}
