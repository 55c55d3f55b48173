{# What the rows of a table promise, in one query, because a build asks this of every table:
   - there is one row per `columns`, none of which is NULL; nor is any of `filled`, such as the names that belong to the codes;
   - each of `shares` lies between 0 and 1; NULL, nothing to divide by, is allowed;
   - none of `not_negative` is below zero; NULL, hidden or unknown, is allowed;
   - `hidden` maps a number of people to the values that rest on them: no shown number is below the smallest visible group,
     and where it is hidden, so are its values. This judges the table as it is, however its SQL came by it. #}
{% test sound(model, columns, filled=[], shares=[], not_negative=[], hidden={}) %}
    {%- set faults = [] -%}
    {%- for column in shares -%}{%- do faults.append(column ~ ' not between 0 and 1') -%}{%- endfor -%}
    {%- for column in not_negative -%}{%- do faults.append(column ~ ' < 0') -%}{%- endfor -%}
    {%- for people, values in hidden.items() -%}
        {%- do faults.append(people ~ ' < ' ~ var('smallest_visible_group')) -%}
        {%- for value in values -%}
            {%- do faults.append('(' ~ people ~ ' is null and ' ~ value ~ ' is not null)') -%}
        {%- endfor -%}
    {%- endfor %}
    select {{ columns | join(', ') }}, count(*) as row_count
    from {{ model }}
    group by {{ columns | join(', ') }}
    having count(*) > 1
    {%- for column in columns %} or {{ column }} is null{% endfor %}
    {%- for column in filled %} or count({{ column }}) < count(*){% endfor %}
    {%- for fault in faults %}
        or count_if({{ fault }}) > 0
    {%- endfor %}
{% endtest %}
