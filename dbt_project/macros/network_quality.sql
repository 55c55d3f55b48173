{# The four network figures of a group of cell days. Shares are quotients of sums, never means of quotients: a quiet
   cell must not weigh as much as a busy one. Nothing attempted gives NULL, not zero. 1 GB = 1,000,000 kB. #}
{% macro network_quality() -%}
    try_divide(sum(rrc_success_count), sum(rrc_attempt_count)) as rrc_success_share,
        try_divide(sum(erab_drop_count), sum(erab_release_count)) as erab_drop_share,
        try_divide(sum(available_s), sum(observed_s)) as availability_share,
        sum(downlink_kb) / 1000000 as downlink_gb
{%- endmacro %}
