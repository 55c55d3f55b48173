-- Each generic test of ours, given rows with one fault, finds that fault, and given sound rows finds nothing.
-- A new file in tests/generic/ needs its two lines here; tests/architecture checks that.
{% set cases = [
    ('grain', 'a doubled key',
        test_grain("values ('a', 1), ('a', 1), ('b', 1) as t(k, n)", ['k', 'n']), 1),
    ('grain', 'a key without value',
        test_grain("values ('a', 1), ('b', cast(null as int)) as t(k, n)", ['k', 'n']), 1),
    ('grain', 'a code without a name',
        test_grain("values ('a', '甲'), ('b', cast(null as string)) as t(code, name)", ['code'], ['name']), 1),
    ('grain', 'sound rows',
        test_grain("values ('a', 1, '甲'), ('a', 2, '甲') as t(k, n, name)", ['k', 'n'], ['name']), 0),
    ('shares', 'above one and below zero',
        test_shares("values (1.01, 0.5), (0.5, -0.01) as t(a, b)", ['a', 'b']), 2),
    ('shares', 'sound rows',
        test_shares("values (0.0, 1.0), (cast(null as double), 0.5) as t(a, b)", ['a', 'b']), 0),
    ('not_negative', 'below zero',
        test_not_negative("values (0, -1) as t(a, b)", ['a', 'b']), 1),
    ('not_negative', 'sound rows',
        test_not_negative("values (0, cast(null as int)) as t(a, b)", ['a', 'b']), 0),
    ('small_groups_hidden', 'four people shown',
        test_small_groups_hidden("values (4, 10.0) as t(people, amount)", 'people', ['amount']), 1),
    ('small_groups_hidden', 'an amount of hidden people shown',
        test_small_groups_hidden("values (cast(null as int), 10.0) as t(people, amount)", 'people', ['amount']), 1),
    ('small_groups_hidden', 'sound rows',
        test_small_groups_hidden(
            "values (5, 10.0), (cast(null as int), cast(null as double)) as t(people, amount)", 'people', ['amount']), 0),
] %}

{% for name, given, query, expected in cases %}
    select '{{ name }}' as generic_test, '{{ given }}' as given, count(*) as rows_found, {{ expected }} as rows_expected
    from ({{ query }})
    having count(*) <> {{ expected }}
    {{ 'union all' if not loop.last }}
{% endfor %}
