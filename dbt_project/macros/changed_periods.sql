{# Incremental by fingerprint. A model that keeps one fingerprint per period of its input (day, quarter) rebuilds the
   periods whose input changed, and only those. Against a time stamp of the last run this also sees rows that arrived
   late, were corrected, moved to another period or were destroyed, and a rebuild gives the same table as a full one.

   `now` is the model that tells the fingerprints of the input as it is now; both call the two columns by the same names.
   It is built before, so a row that arrives in between is counted under the older fingerprint, and once more next time. #}

{# What a group of rows is, whatever their order: how many, and all that these columns say. #}
{% macro fingerprint_of(columns) -%}
    concat(count(*), ':', bit_xor(xxhash64({{ columns | join(', ') }})))
{%- endmacro %}


{# The periods to rebuild, as dates. Ask in an incremental run only: before the first build nothing is held. #}
{% macro changed_periods(now, period, fingerprint) -%}
    {%- if not execute -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set found -%}
        select coalesce(now.{{ period }}, held.{{ period }})
        from {{ now }} as now
        full outer join (
            select {{ period }}, max({{ fingerprint }}) as {{ fingerprint }}
            from {{ this }}
            group by {{ period }}
        ) as held on now.{{ period }} = held.{{ period }}
        where not now.{{ fingerprint }} <=> held.{{ fingerprint }}
        order by 1
    {%- endset -%}
    {{ return(run_query(found).columns[0].values() | map('string') | list) }}
{%- endmacro %}


{# Pre-hook: forget the periods that the model is about to add again. A run that dies in between leaves them missing,
   which the next run sees as changed; readers never see this table. #}
{% macro forget_changed_periods(now, period, fingerprint) -%}
    {%- set periods = changed_periods(now, period, fingerprint) if is_incremental() else [] -%}
    {%- if periods -%}
        delete from {{ this }} where {{ period }} in ({{ as_dates(periods) }})
    {%- endif -%}
{%- endmacro %}


{# Date literals for an `in (...)`; none becomes NULL, which is in no list and so selects nothing. #}
{% macro as_dates(periods) -%}
    {%- for period in periods -%}
        date'{{ period }}'{{ ', ' if not loop.last }}
    {%- else -%}
        cast(null as date)
    {%- endfor -%}
{%- endmacro %}
