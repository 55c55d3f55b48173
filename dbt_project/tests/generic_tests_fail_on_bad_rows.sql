-- Each generic test of ours, given rows with one fault, finds that fault, and given sound rows finds nothing.
-- A new file in tests/generic/ needs its two lines here; tests/architecture checks that.
{% set cases = [
    ('sound', 'a doubled key',
        test_sound("values ('a', 1), ('a', 1), ('b', 1) as t(k, n)", ['k', 'n']), 1),
    ('sound', 'a key without value',
        test_sound("values ('a', 1), ('b', cast(null as int)) as t(k, n)", ['k', 'n']), 1),
    ('sound', 'a code without a name',
        test_sound("values ('a', '甲'), ('b', cast(null as string)) as t(code, name)", ['code'], ['name']), 1),
    ('sound', 'shares above one and below zero',
        test_sound("values (1, 1.01, 0.5), (2, 0.5, -0.01) as t(k, a, b)", ['k'], shares=['a', 'b']), 2),
    ('sound', 'a number below zero',
        test_sound("values (1, 0, -1) as t(k, a, b)", ['k'], not_negative=['a', 'b']), 1),
    ('sound', 'four people shown',
        test_sound("values (1, 4, 10.0) as t(k, people, amount)", ['k'], hidden={'people': ['amount']}), 1),
    ('sound', 'an amount of hidden people shown',
        test_sound("values (1, cast(null as int), 10.0) as t(k, people, amount)", ['k'], hidden={'people': ['amount']}), 1),
    ('sound', 'sound rows',
        test_sound(
            "values ('a', 1, '甲', 5, 10.0, 0.0), ('a', 2, '甲', null, null, 1.0), ('b', 1, '乙', 5, null, null)"
            ~ " as t(k, n, name, people, amount, a)",
            ['k', 'n'], ['name'], ['a'], ['amount'], {'people': ['amount']}), 0),
] %}

{% for name, given, query, expected in cases %}
    select '{{ name }}' as generic_test, '{{ given }}' as given, count(*) as rows_found, {{ expected }} as rows_expected
    from ({{ query }})
    having count(*) <> {{ expected }}
    {{ 'union all' if not loop.last }}
{% endfor %}
