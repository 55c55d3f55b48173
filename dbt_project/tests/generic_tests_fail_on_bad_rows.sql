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
    ('sound', 'shares above one and below zero',
        test_sound("values (1.01, 0.5), (0.5, -0.01) as t(a, b)", shares=['a', 'b']), 2),
    ('sound', 'a number below zero',
        test_sound("values (0, -1) as t(a, b)", not_negative=['a', 'b']), 1),
    ('sound', 'four people shown',
        test_sound("values (4, 10.0) as t(people, amount)", hidden={'people': ['amount']}), 1),
    ('sound', 'an amount of hidden people shown',
        test_sound("values (cast(null as int), 10.0) as t(people, amount)", hidden={'people': ['amount']}), 1),
    ('sound', 'sound rows',
        test_sound(
            "values (5, 10.0, 0.0), (cast(null as int), cast(null as double), 1.0), (5, null, null) as t(people, amount, a)",
            ['a'], ['amount'], {'people': ['amount']}), 0),
] %}

{% for name, given, query, expected in cases %}
    select '{{ name }}' as generic_test, '{{ given }}' as given, count(*) as rows_found, {{ expected }} as rows_expected
    from ({{ query }})
    having count(*) <> {{ expected }}
    {{ 'union all' if not loop.last }}
{% endfor %}
