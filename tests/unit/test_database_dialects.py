"""What each database is asked, word for word where a word decides whether a digit is lost."""

from dataclasses import replace

import pytest

from contracts.model import ScopeRule
from jobs.ingest.databases.columns import Answer, read_columns
from jobs.ingest.databases.dialect import Family, Unspeakable
from jobs.ingest.databases.dialects import DIALECTS
from jobs.ingest.databases.queries import Range, Stripe, catalogue, stripes
from tests.database_tables import TYPES, contract, questions, table

RANGE = Range("2026-01-30T10:00:00", "2026-01-31T10:00:00.120000", "2026-02-01T00:00:00")
HOSTILE = ('x"; DROP TABLE t; --', "a]b", "c`d", "e'f", "选择", "? {fn now()}", "%s {column}", "\\")


def test_every_database_of_the_regulation_is_spoken():
    assert set(DIALECTS) == set(TYPES) == {"postgresql", "mysql", "sqlserver", "oracle", "db2", "db2i", "sybase"}


@pytest.mark.parametrize(
    ("dialect", "bounds"),
    [
        (
            "postgresql",
            (
                """(("changed_at" >= TIMESTAMP '2026-01-30 10:00:00' AND "changed_at" <= TIMESTAMP '2026-01-31 """
                """10:00:00.120000') OR "changed_at" IS NULL OR "changed_at" > TIMESTAMP '2026-02-01 00:00:00')"""
            ),
        ),
        (
            "mysql",
            (
                "((`changed_at` >= TIMESTAMP '2026-01-30 10:00:00' AND `changed_at` <= TIMESTAMP '2026-01-31 "
                "10:00:00.120000') OR `changed_at` IS NULL OR `changed_at` > TIMESTAMP '2026-02-01 00:00:00')"
            ),
        ),
        (
            "sqlserver",
            (
                "(([changed_at] >= CAST('2026-01-30T10:00:00' AS datetime2(7)) AND [changed_at] <= "
                "CAST('2026-01-31T10:00:00.120000' AS datetime2(7))) OR [changed_at] IS NULL OR "
                "[changed_at] > CAST('2026-02-01T00:00:00' AS datetime2(7)))"
            ),
        ),
        (
            "sybase",
            (
                "(([changed_at] >= CONVERT(bigdatetime, '2026-01-30 10:00:00') AND [changed_at] <= "
                "CONVERT(bigdatetime, '2026-01-31 10:00:00.120000')) OR [changed_at] IS NULL OR "
                "[changed_at] > CONVERT(bigdatetime, '2026-02-01 00:00:00'))"
            ),
        ),
    ],
)
def test_a_range_holds_both_its_ends_and_what_has_no_sane_cursor(dialect, bounds):
    assert questions(dialect).rows(RANGE, Stripe(None, None)).endswith(f" WHERE {bounds}")


@pytest.mark.parametrize("dialect", ["oracle", "db2", "db2i"])
def test_the_others_say_a_time_as_the_standard_does(dialect):
    said = questions(dialect).rows(RANGE, Stripe(None, None))
    assert """"changed_at" <= TIMESTAMP '2026-01-31 10:00:00.120000'""" in said


@pytest.mark.parametrize(
    ("dialect", "type_name", "family", "text"),
    [
        ("postgresql", "numeric", Family.EXACT, "CAST(c AS text)"),
        ("postgresql", "money", Family.EXACT, "CAST(CAST(c AS numeric) AS text)"),
        ("postgresql", "timestamp(3) with time zone", Family.ZONED, "CAST(c AT TIME ZONE 'UTC' AS text) || 'Z'"),
        ("postgresql", "integer[]", Family.OTHER, "CAST(c AS text)"),
        ("mysql", "bigint(20) unsigned", Family.EXACT, "CAST(c AS CHAR)"),
        ("mysql", "float", Family.FLOAT, "CAST(CAST(c AS DOUBLE) AS CHAR)"),
        ("mysql", "timestamp", Family.ZONED, "CONCAT(CAST(c AS CHAR), 'Z')"),
        ("mysql", "enum('x)','y')", Family.TEXT, "CONVERT(c USING utf8mb4)"),
        ("sqlserver", "money(19,4)", Family.EXACT, "CONVERT(varchar(45), c, 2)"),
        ("sqlserver", "float(53)", Family.FLOAT, "CONVERT(varchar(45), c, 3)"),
        ("sqlserver", "datetime2", Family.MOMENT, "CONVERT(varchar(33), c, 121)"),
        (
            "sqlserver",
            "datetimeoffset",
            Family.ZONED,
            "CONVERT(varchar(33), CAST(SWITCHOFFSET(c, '+00:00') AS datetime2(7)), 121) + 'Z'",
        ),
        ("oracle", "number(38,0)", Family.EXACT, "TO_CHAR(c, 'TM9', 'NLS_NUMERIC_CHARACTERS=''.,''')"),
        ("oracle", "date", Family.MOMENT, "TO_CHAR(c, 'SYYYY-MM-DD HH24:MI:SS')"),
        (
            "oracle",
            "timestamp(6) with time zone",
            Family.ZONED,
            "NVL2(c, TO_CHAR(SYS_EXTRACT_UTC(c), 'SYYYY-MM-DD HH24:MI:SS.FF9') || 'Z', NULL)",
        ),
        ("oracle", "clob(4000)", Family.TEXT, "c"),
        ("db2", "timestamp(10)", Family.MOMENT, "CAST(c AS VARCHAR(32))"),
        ("db2i", "numeric(31,5)", Family.EXACT, "CAST(c AS VARCHAR(45))"),
        ("sybase", "money", Family.EXACT, "CONVERT(varchar(45), CONVERT(decimal(38, 4), c))"),
    ],
)
def test_a_type_becomes_text_with_every_digit(dialect, type_name, family, text):
    rule = DIALECTS[dialect].rule_of(type_name)
    assert rule.family is family
    assert rule.text.format(column="c") == text


@pytest.mark.parametrize(
    ("dialect", "type_name"),
    [
        ("mysql", "blob"),
        ("mysql", "geometry"),
        ("sqlserver", "sql_variant"),
        ("sqlserver", "varbinary"),
        ("oracle", "long"),
        ("oracle", "raw"),
        ("db2", "bytes"),
        ("db2i", "rowid"),
        ("sybase", "float"),
    ],
)
def test_a_type_that_nobody_can_write_without_loss_has_no_rule(dialect, type_name):
    assert DIALECTS[dialect].rule_of(type_name) is None


@pytest.mark.parametrize(
    ("dialect", "first"),
    [
        ("postgresql", ('SELECT "changed_at" "c0"', 'ORDER BY "changed_at" LIMIT 500) b')),
        ("mysql", ("SELECT `changed_at` `c0`", "ORDER BY `changed_at` LIMIT 500) b")),
        ("sqlserver", ("SELECT TOP (500) [changed_at] [c0]", "ORDER BY [changed_at]) b")),
        ("oracle", ('SELECT "changed_at" "c0"', 'ORDER BY "changed_at" FETCH FIRST 500 ROWS ONLY) b')),
        ("db2", ('SELECT "changed_at" "c0"', 'ORDER BY "changed_at" FETCH FIRST 500 ROWS ONLY) b')),
        ("db2i", ('SELECT "changed_at" "c0"', 'ORDER BY "changed_at" FETCH FIRST 500 ROWS ONLY) b')),
    ],
)
def test_the_end_of_a_piece_is_asked_in_the_words_of_the_database(dialect, first):
    said = questions(dialect).bound("2026-01-30T10:00:00", 500, None)
    assert all(part in said for part in first)
    assert "IS NOT NULL" in said


@pytest.mark.parametrize(
    ("dialect", "total"),
    [
        ("postgresql", """SUM(NULLIF("balance_cny", 'NaN'))"""),
        ("mysql", "SUM(CAST(`balance_cny` AS DECIMAL(65, 2)))"),
        ("sqlserver", "SUM(CAST([balance_cny] AS decimal(38, 2)))"),
        ("oracle", 'SUM("balance_cny")'),
        ("db2", 'SUM(CAST("balance_cny" AS DECIMAL(31, 2)))'),
        ("db2i", 'SUM(CAST("balance_cny" AS DECIMAL(63, 2)))'),
        ("sybase", "SUM(CONVERT(decimal(38, 2), [balance_cny]))"),
    ],
)
def test_a_sum_does_not_overflow(dialect, total):
    assert total in questions(dialect).figures(Range())


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_stays_a_name_whatever_it_is_made_of(dialect, name):
    opening, closing = DIALECTS[dialect].quotes
    said = DIALECTS[dialect].quoted(name)
    assert said.startswith(opening)
    assert said.endswith(closing)
    # read as the database reads it: a doubled closing quote is one, and the name ends at the first single one
    inside = said[1:-1].replace(closing * 2, "\0")
    assert closing not in inside
    assert inside.replace("\0", closing) == name


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_a_hostile_table_reaches_the_database_as_a_name_and_as_a_text(dialect):
    hostile = table(dialect, table="x' OR 1=1 --")
    assert "'x'' OR 1=1 --'" in catalogue(DIALECTS[dialect], hostile)
    asked = replace(questions(dialect), table=hostile)
    assert f".{DIALECTS[dialect].quoted(hostile.table)}" in asked.figures(Range())


@pytest.mark.parametrize("name", ["", "a\0b", "a\nb", "a\x7f", "x" * 129, "\ud800"])
def test_a_name_that_no_database_has_is_not_said(name):
    with pytest.raises(Unspeakable):
        DIALECTS["postgresql"].quoted(name)


def test_the_scope_is_said_as_values_of_its_column():
    asked = replace(
        questions("postgresql"),
        scope=(
            ScopeRule("holder", one_of=("a'b", "c")),
            ScopeRule("opened_on", at_least="2020-01-01", below="2026-01-01"),
            ScopeRule("account_no", below="1000"),
        ),
    )
    assert asked.keys(["account_no"]) == (
        """SELECT CAST("account_no" AS text) "f0" FROM "billing"."account" WHERE "holder" IN ('a''b', 'c') AND """
        """"opened_on" >= DATE '2020-01-01' AND "opened_on" < DATE '2026-01-01' AND "account_no" < 1000"""
    )


@pytest.mark.parametrize("value", ["1 OR 1=1", "1;", "", "0x10", "1e5", "１"])
def test_a_number_in_the_scope_is_a_number(value):
    asked = replace(questions("mysql"), scope=(ScopeRule("account_no", one_of=(value,)),))
    with pytest.raises(Unspeakable):
        asked.keys(["account_no"])


def test_stripes_hold_every_row_once():
    asked = questions("postgresql", parallel="account_no", reads=3)
    said = [asked.rows(Range(), stripe).partition(" WHERE ")[2] for stripe in stripes(10, 99, 3)]
    assert said == [
        '("account_no" < 40 OR "account_no" IS NULL)',
        '"account_no" >= 40 AND "account_no" < 70',
        '"account_no" >= 70',
    ]
    assert stripes(None, None, 3) == [Stripe(None, None)]


@pytest.mark.parametrize("dialect", sorted(DIALECTS))
def test_a_connection_is_made_to_be_patient_but_not_for_ever_and_encrypted_beyond_this_machine(dialect):
    made = DIALECTS[dialect]
    assert made.patience
    assert made.encryption
    assert made.choices
    assert not set(made.session) & {"user", "password", "url"}


def test_names_in_capitals_are_the_contract_s_names():
    answers = [Answer("ACCOUNT_NO", "NUMBER", "20", "0"), Answer("CHANGED_AT", "TIMESTAMP(6)", None, None)]
    found = read_columns(answers, table("oracle"), contract(), DIALECTS["oracle"])
    assert {column.field: column.name for column in found.values()} == {
        "account_no": "ACCOUNT_NO",
        "changed_at": "CHANGED_AT",
    }
