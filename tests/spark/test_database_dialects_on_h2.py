"""The words for databases that are not here, said to H2, which speaks like them: what it understands, it answers right.

H2 knows their names, limits, casts and comparisons, and Oracle's way with numbers, times and empty texts. It does not
know the styles of SQL Server's CONVERT nor DB2's CHAR(day, ISO), so those columns are left out there.
"""

from dataclasses import replace

import pytest

from jobs.ingest.databases.asking import Database
from jobs.ingest.databases.connections import Connection
from jobs.ingest.databases.dialects import DIALECTS
from jobs.ingest.databases.figures import read_figures
from jobs.ingest.databases.plain import plain_text_of
from jobs.ingest.databases.queries import Range, Stripe
from tests.database_tables import questions

pytestmark = pytest.mark.spark

HOSTILE = """x"; DROP TABLE "billing"."account"; --"""
ROWS = f"""
    (1, 'a''b', 0.50, DATE '2020-05-17', TIMESTAMP '2026-01-30 10:00:00.000001'),
    (2, '', -7.25, DATE '2020-05-17', TIMESTAMP '2026-01-30 10:00:00.000001'),
    (3, '{HOSTILE}', NULL, DATE '2020-05-17', NULL),
    (99999999999999999999, '欧阳测试', 9999999999999999.99, DATE '2020-05-17', TIMESTAMP '2026-01-30 12:00:00.5')
"""
READ = {
    "oracle": ("account_no", "holder", "balance_cny", "opened_on", "changed_at"),
    "db2": ("account_no", "holder", "balance_cny", "changed_at"),
    "sqlserver": ("account_no", "holder", "balance_cny"),
}
DECIMAL = {"oracle": "number", "db2": "decimal", "sqlserver": "decimal"}
MODES = {"oracle": "Oracle", "db2": "DB2", "sqlserver": "MSSQLServer"}


@pytest.fixture
def h2(spark, tmp_path):
    """Gives the database in the mode of a dialect, with the table `billing.account`."""

    def opened(name):
        script = tmp_path / "table.sql"
        script.write_text(
            'CREATE SCHEMA IF NOT EXISTS "billing"; DROP TABLE IF EXISTS "billing"."account";\n'
            'CREATE TABLE "billing"."account" ("account_no" DECIMAL(20,0), "holder" VARCHAR(40), '
            '"balance_cny" DECIMAL(18,2), "opened_on" DATE, "changed_at" TIMESTAMP(6));\n'
            f'INSERT INTO "billing"."account" VALUES {ROWS};\n',
            encoding="utf-8",
        )
        dialect = replace(
            DIALECTS[name],
            driver="org.h2.Driver",
            url=f"jdbc:h2:mem:{{database}};MODE={MODES[name]};DB_CLOSE_DELAY=-1",
            session={}, patience={}, encryption={},
        )  # fmt: skip
        connection = Connection("h2", "localhost", 0, f"{tmp_path.name}_{name}", "sa", "")
        making = replace(dialect, url=f"{dialect.url};INIT=RUNSCRIPT FROM '{script}'")
        Database(spark, making, connection).ask("SELECT 1 one")
        return Database(spark, dialect, connection)

    return opened


def asked(name):
    """The questions, with a balance that is a decimal also where the table of the other tests has money."""
    made = questions(name, parallel="account_no", reads=2)
    columns = {field: made.columns[field] for field in READ[name]}
    decimal = replace(columns["balance_cny"], rule=DIALECTS[name].rule_of(DECIMAL[name]))
    return replace(made, columns={**columns, "balance_cny": decimal})


@pytest.mark.parametrize("name", sorted(READ))
def test_the_figures_of_a_table_are_understood_and_right(h2, name):
    found = read_figures(h2(name).ask(asked(name).figures(Range()))[0], asked(name).columns)
    assert found.rows == 4
    assert [str(found.by_field["account_no", figure]) for figure in ("sum", "smallest", "largest")] == [
        "100000000000000000005", "1", "99999999999999999999",
    ]  # fmt: skip
    assert str(found.by_field["balance_cny", "sum"]) == "9999999999999993.24"
    assert found.by_field["balance_cny", "missing"] == 1
    # to Oracle an empty text is NULL
    assert found.by_field["holder", "missing"] == (1 if name == "oracle" else 0)


@pytest.mark.parametrize("name", sorted(READ))
def test_the_rows_of_a_stripe_come_as_texts(h2, name):
    rows = h2(name).ask(asked(name).rows(Range(), Stripe(2, 4)))
    by_key = {row[0]: row for row in rows}
    assert set(by_key) == {"2", "3"}
    assert by_key["3"][1:3] == (HOSTILE, None)
    assert by_key["2"][2] == "-7.25"
    assert by_key["2"][1] == (None if name == "oracle" else "")


@pytest.mark.parametrize("name", ["oracle", "db2"])
def test_a_range_of_the_cursor_holds_its_ends_ties_and_what_has_none(h2, name):
    wanted = Range("2026-01-30T10:00:00.000001", "2026-01-30T10:00:00.000001", "2027-01-01T00:00:00")
    rows = h2(name).ask(asked(name).rows(wanted, Stripe(None, None)))
    assert sorted(row[0] for row in rows) == ["1", "2", "3"]
    times = [row[READ[name].index("changed_at")] for row in rows]
    family = asked(name).columns["changed_at"].rule.family
    assert {plain_text_of(time, family) for time in times if time} == {"2026-01-30T10:00:00.000001"}


@pytest.mark.parametrize("name", ["oracle", "db2"])
def test_the_end_of_a_piece_is_the_cursor_of_its_last_row(h2, name):
    database, made = h2(name), asked(name)
    family = made.columns["changed_at"].rule.family
    bounds = [database.ask(made.bound(None, rows, "2027-01-01T00:00:00"))[0][0] for rows in (1, 2, 3)]
    assert [plain_text_of(bound, family) for bound in bounds] == [
        "2026-01-30T10:00:00.000001", "2026-01-30T10:00:00.000001", "2026-01-30T12:00:00.500000",
    ]  # fmt: skip
    newest = database.ask(made.newest("2026-01-30T11:00:00"))[0][0]
    assert plain_text_of(newest, family) == "2026-01-30T10:00:00.000001"


def test_oracle_writes_every_digit_and_a_day_with_its_time(h2):
    row = next(row for row in h2("oracle").ask(asked("oracle").rows(Range(), Stripe(None, None))) if row[0] == "1")
    assert row[1] == "a'b"
    assert row[2] in {".5", ".50", "0.5", "0.50"}
    assert row[3].strip() == "2020-05-17 00:00:00"
