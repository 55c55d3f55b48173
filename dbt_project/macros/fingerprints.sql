{# What the models that are incremental by fingerprint compare; see changed_periods.sql. #}

{# Per local day: which rows of which files hold the measurements. The local day follows from the key alone, so a
   correction never moves a row to another day, and the rows need not be deduplicated first. #}
{% macro measurement_day_fingerprints() -%}
    select
        {{ measured_on('period_ended_at') }} as period,
        concat(count(*), ':', bit_xor(xxhash64(source_file_sha256, source_row_number, ingested_at))) as fingerprint
    from {{ source('desensitised', 'network_cell_measurements') }}
    group by 1
{%- endmacro %}


{# The same of measurement reports. #}
{% macro report_day_fingerprints() -%}
    select
        {{ measured_on('period_ended_at') }} as period,
        concat(count(*), ':', bit_xor(xxhash64(source_file_sha256, source_row_number, ingested_at))) as fingerprint
    from {{ source('desensitised', 'network_mro_samples') }}
    group by 1
{%- endmacro %}


{# Per quarter: the transactions, their versions and all that the groups take from the customer file. A customer whose
   attributes change therefore rebuilds the quarters in which he bought. #}
{% macro sale_quarter_fingerprints() -%}
    select
        quarter_start as period,
        concat(count(*), ':', bit_xor(xxhash64(
            transaction_key, source_file_sha256, source_row_number, person_key, region_code, province_code,
            customer_kind, gender, age_band, occupation, industry, enterprise_size
        ))) as fingerprint
    from {{ ref('int_transactions_attributed') }}
    group by quarter_start
{%- endmacro %}
