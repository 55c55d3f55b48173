{# Pre-hook of a model that merges new arrivals into what it holds. When the source no longer has a version that is held
   (a person was erased, a batch was taken back), what should stand in its place is not known here: hold nothing, and the
   model reads the whole source again. Costs one anti-join over keys, not over whole rows. #}
{% macro forget_all_if_some_vanished(source_relation, key) -%}
    {%- if execute and is_incremental() -%}
        {%- set vanished -%}
            select 1
            from {{ this }} as held
            left anti join {{ source_relation }} as arrived
                on held.{{ key }} = arrived.{{ key }}
                and held.source_file_sha256 = arrived.source_file_sha256
                and held.source_row_number = arrived.source_row_number
            limit 1
        {%- endset -%}
        {%- if run_query(vanished).rows | length > 0 -%}
            delete from {{ this }}
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
