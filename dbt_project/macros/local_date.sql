{# The calendar day in the business time zone of a moment stored in UTC; NULL stays NULL. #}
{% macro local_date(moment) -%}
    cast(from_utc_timestamp({{ moment }}, 'Asia/Shanghai') as date)
{%- endmacro %}


{# The local day a measuring period belongs to. A period that ends at midnight belongs to the day that ended then. #}
{% macro measured_on(period_ended_at) -%}
    {{ local_date(period_ended_at ~ " - interval 1 second") }}
{%- endmacro %}


{# The moment in UTC at which a day of the business time zone begins; NULL stays NULL. #}
{% macro utc_start_of(day) -%}
    to_utc_timestamp(cast({{ day }} as timestamp), 'Asia/Shanghai')
{%- endmacro %}


{# The two moments in UTC, for a `between`, around all measuring periods of some local days; NULL for no day. #}
{% macro utc_range_of(days) -%}
    {%- if days -%}
        {{ utc_start_of("date'" ~ days | min ~ "'") }} and {{ utc_start_of("date'" ~ days | max ~ "' + interval 1 day") }}
    {%- else -%}
        cast(null as timestamp) and cast(null as timestamp)
    {%- endif -%}
{%- endmacro %}
