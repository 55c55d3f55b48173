{# True for one row per `key`. A later file corrects an earlier one under the same key, so the newest arrival wins.
   Two files can arrive at one moment, and one file can hold a key twice: the file's hash and the row number make the
   order full, so that the winner never depends on the order in which the engine reads. `then_by` orders one and the
   same row that is met twice. #}
{% macro is_newest_version(key, then_by=none) -%}
    row_number() over (
        partition by {{ key | join(', ') }}
        order by ingested_at desc, source_file_sha256 desc, source_row_number desc{{ ', ' ~ then_by if then_by }}
    ) = 1
{%- endmacro %}
