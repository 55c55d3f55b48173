{# Incremental by fingerprint. A model that keeps one fingerprint per period of its input (day, quarter) rebuilds the
   periods whose input changed, and only those. Against a time stamp of the last run this also sees rows that arrived
   late, were corrected, moved to another period or were destroyed, and a rebuild gives the same table as a full one.

   `fingerprints` is a query with the columns `period` and `fingerprint` over the input as it is now. #}

{# The periods to rebuild, as dates. Ask in an incremental run only: before the first build nothing is held. #}
{% macro changed_periods(fingerprints, period_column, fingerprint_column) -%}
    {%- if not execute -%}
        {{ return([]) }}
    {%- endif -%}
    {%- set found -%}
        select coalesce(now.period, held.period)
        from ({{ fingerprints }}) as now
        full outer join (
            select {{ period_column }} as period, max({{ fingerprint_column }}) as fingerprint
            from {{ this }}
            group by {{ period_column }}
        ) as held on now.period = held.period
        where not now.fingerprint <=> held.fingerprint
        order by 1
    {%- endset -%}
    {{ return(run_query(found).columns[0].values() | map('string') | list) }}
{%- endmacro %}


{# Pre-hook: forget the periods that the model is about to add again. A run that dies in between leaves them missing,
   which the next run sees as changed; readers never see this table. #}
{% macro forget_changed_periods(fingerprints, period_column, fingerprint_column) -%}
    {%- set periods = changed_periods(fingerprints, period_column, fingerprint_column) if is_incremental() else [] -%}
    {%- if periods -%}
        delete from {{ this }} where {{ period_column }} in ({{ as_dates(periods) }})
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
