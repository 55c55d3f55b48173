{# One promise that a paper is under, as int_promise_events takes it out of an array; see there for the columns. #}
{% macro promise(code, started_on, done_on, due_on='cast(null as date)') -%}
    named_struct('promise_code', {{ code }}, 'started_on', {{ started_on }}, 'due_on', {{ due_on }}, 'done_on', {{ done_on }})
{%- endmacro %}
