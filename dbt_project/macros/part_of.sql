{# What a month adds to a longer period: a part, for a share the whole that it is a part of, and the people it rests on. #}
{% macro part_of(metric, part, whole='null', people='null') -%}
    named_struct('metric', '{{ metric }}', 'part', cast({{ part }} as double), 'whole', cast({{ whole }} as double),
                 'people', cast({{ people }} as bigint))
{%- endmacro %}
