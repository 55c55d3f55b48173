{# True for one row per `key`. A later file corrects an earlier one under the same key, so the newest arrival wins.
   Two files can arrive at one moment, and one file can hold a key twice: the file's hash and the row number make the
   order full, so that the winner never depends on the order in which the engine reads. `then_by` orders one and the
   same row that is met twice. `changed_at` is for sources that send edits and deletions: two versions that came in one
   batch have arrived at one moment, and then the source's own moment decides; NULL is older than any. #}
{% macro is_newest_version(key, then_by=none, changed_at=none) -%}
    row_number() over (
        partition by {{ key | join(', ') }}
        order by ingested_at desc, {{ changed_at ~ ' desc, ' if changed_at }}source_file_sha256 desc, source_row_number desc{{ ', ' ~ then_by if then_by }}
    ) = 1
{%- endmacro %}
