{# What every row of a table must keep to, in one query, because a build asks this of every mart:
   - each of `shares` lies between 0 and 1; NULL, nothing to divide by, is allowed;
   - none of `not_negative` is below zero; NULL, hidden or unknown, is allowed;
   - `hidden` maps a number of people to the values that rest on them: no shown number is below the smallest visible group,
     and where it is hidden, so are its values. This judges the table as it is, however its SQL came by it. #}
{% test sound(model, shares=[], not_negative=[], hidden={}) %}
    {%- set faults = [] -%}
    {%- for column in shares -%}{%- do faults.append(column ~ ' not between 0 and 1') -%}{%- endfor -%}
    {%- for column in not_negative -%}{%- do faults.append(column ~ ' < 0') -%}{%- endfor -%}
    {%- for people, values in hidden.items() -%}
        {%- do faults.append(people ~ ' < ' ~ var('smallest_visible_group')) -%}
        {%- for value in values -%}
            {%- do faults.append('(' ~ people ~ ' is null and ' ~ value ~ ' is not null)') -%}
        {%- endfor -%}
    {%- endfor %}
    select *
    from {{ model }}
    where {{ faults | join('\n        or ') }}
{% endtest %}
