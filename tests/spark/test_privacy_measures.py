"""k, l, t and risks on visible rows and on a public data set, where two other programs must say the same."""

import json
import math
from hashlib import sha256
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from expectations.privacy.declared import declaration
from expectations.privacy.tables import measured
from tests.spark import plain_measures
from tests.spark.public_survey import FILE, QUASI_IDENTIFIERS, SENSITIVE, rows

pytestmark = pytest.mark.spark

PYCANON = json.loads(Path(__file__).with_name("pycanon_figures.json").read_text(encoding="utf-8"))


def declared(frame, **meta):
    said = {"minimum_k": 3, **meta}
    return declaration("t", frame.columns, {name: value for name, value in said.items() if value is not None})


def figures(frame, **meta):
    """`measure` or `sensitive.measure` of each figure, of a table with one column of people."""
    found = measured({"t": (frame, declared(frame, **meta))}).collect()
    return {".".join(filter(None, (row["sensitive"], row["measure"]))): row["value"] for row in found}


@pytest.fixture(scope="module")
def patients(frame):
    """Two classes of four and of two; the small one has one illness only."""
    return frame("""
        person | age_band | city | illness | days
        p1     | 30-39    | 杭州 | flu     | 1
        p2     | 30-39    | 杭州 | flu     | 2
        p3     | 30-39    | 杭州 | cold    | 3
        p4     | 30-39    | 杭州 |         | 4
        p5     |          | 杭州 | flu     | 4
        p6     |          | 杭州 | flu     | 4
    """).selectExpr("person", "age_band", "city", "illness", "cast(days as int) as days")


PERSONS = {"rows": "persons", "people": ["person"], "quasi_identifiers": ["age_band", "city"]}


def test_classes_and_risks_of_persons_and_unknown_is_a_class_of_its_own(patients):
    found = figures(patients, **PERSONS)
    assert found == pytest.approx(
        {
            "rows": 6, "identity_left": 0, "repeated_persons": 0, "groups": 2, "hidden_groups": 0, "people_shown": 6, "k": 2,
            "share_below_k": 2 / 6, "average_risk": 2 / 6, "prosecutor_risk": 1 / 2, "journalist_risk": 1 / 2,
            "marketer_risk": 2 / 6,
        }
    )  # fmt: skip


def test_the_class_that_tells_most_counts_and_an_unknown_value_is_a_value(patients):
    found = figures(patients, **PERSONS, sensitive={"illness": {}, "days": {}})
    assert found["illness.distinct_l"] == 1
    assert found["illness.entropy_l"] == 1
    assert found["illness.t"] == pytest.approx(1 - 4 / 6)
    # days 1 to 4 have 1, 1, 1 and 3 of 6: the second class has nobody at the first three
    assert found["days.t"] == pytest.approx((1 / 6 + 2 / 6 + 3 / 6) / 3)


def test_a_person_with_two_rows_and_an_identifier_in_a_text_are_found(patients):
    twice = patients.union(patients.limit(1)).replace("cold", "cold, call 13800138000", "illness")
    found = figures(twice, **PERSONS)
    assert (found["repeated_persons"], found["identity_left"]) == (1, 1)


def test_a_table_of_nobody_has_no_group(patients):
    assert figures(patients, rows="nobody", because="it is a test", minimum_k=None) == {"rows": 6, "identity_left": 0}


AGGREGATES = {"rows": "aggregates", "people": ["buyers"], "quasi_identifiers": ["city"]}


@pytest.fixture(scope="module")
def sales(frame):
    """Buyers by city and product; one group is hidden, and the population of a small one is rounded down below it."""
    return frame("""
        city | product | buyers | customers
        杭州 | a       | 4      | 20
        杭州 | b       | 6      | 20
        宁波 | a       | 5      | 3
        宁波 | b       |        | 5
    """).selectExpr("city", "product", "cast(buyers as int) buyers", "cast(customers as int) customers")


def test_a_row_of_an_aggregate_is_a_group_and_a_hidden_one_is_counted_apart(sales):
    found = figures(sales, **AGGREGATES)
    assert (found["groups"], found["hidden_groups"], found["people_shown"], found["k"]) == (3, 1, 15, 4)
    assert found["average_risk"] == found["marketer_risk"] == pytest.approx(3 / 15)
    assert found["journalist_risk"] == found["prosecutor_risk"] == pytest.approx(1 / 4)


def test_who_may_not_be_in_the_table_at_all_is_harder_to_find(sales):
    found = figures(sales, **AGGREGATES, population={"buyers": "customers"})
    assert found["prosecutor_risk"] == pytest.approx(1 / 4)
    assert found["journalist_risk"] == pytest.approx(1 / 5), (
        "whoever bought is in the population, however it is rounded"
    )
    assert found["marketer_risk"] == pytest.approx((4 / 20 + 6 / 20 + 5 / 5) / 15)


def test_what_an_aggregate_tells_of_a_column_is_weighed_by_people(sales):
    found = figures(sales, **AGGREGATES, sensitive={"product": {}})
    assert (found["product.distinct_l"], found["product.entropy_l"]) == (1, 1)
    assert found["product.t"] == pytest.approx(1 - 9 / 15)


def test_a_table_that_shows_no_group_has_no_k_and_no_risk(sales):
    found = figures(sales.where("buyers is null"), **AGGREGATES, sensitive={"product": {}})
    assert found == {"rows": 1, "identity_left": 0, "groups": 0, "hidden_groups": 1}


def test_nobody_in_a_group_that_is_shown_is_a_k_of_zero(sales):
    found = figures(sales.na.fill(0, ["buyers"]), **AGGREGATES, sensitive={"product": {}})
    assert found["k"] == 0
    assert "prosecutor_risk" not in found
    assert found["product.distinct_l"] == 1


# --- a public data set --------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def survey():
    found = rows()
    assert len(found) == PYCANON["rows"] > 5_000
    return found


@pytest.fixture(scope="module")
def of_the_survey(spark, survey, tmp_path_factory):
    """All figures of the survey, for each list of quasi-identifiers, in one statement."""
    file = tmp_path_factory.mktemp("survey") / "people.parquet"
    pq.write_table(pa.Table.from_pylist([{**row, "person": str(number)} for number, row in enumerate(survey)]), file)
    frame = spark.read.parquet(str(file))
    meta = {"rows": "persons", "people": ["person"], "sensitive": {column: {} for column in SENSITIVE}}
    tables = {
        name: (frame, declared(frame, **meta, quasi_identifiers=quasi)) for name, quasi in QUASI_IDENTIFIERS.items()
    }
    return {(row["subject"], row["sensitive"], row["measure"]): row["value"] for row in measured(tables).collect()}


@pytest.mark.parametrize("name", QUASI_IDENTIFIERS)
def test_the_values_are_those_of_the_independent_library(of_the_survey, name):
    assert sha256(FILE.read_bytes()).hexdigest() == PYCANON["data_sha256"], "other data: ask pycanon again"
    theirs = PYCANON["figures"][name]
    assert of_the_survey[name, "", "k"] == theirs["k"]
    for column in SENSITIVE:
        assert of_the_survey[name, column, "distinct_l"] == theirs[column]["distinct_l"]
        assert math.floor(of_the_survey[name, column, "entropy_l"] + 1e-9) == theirs[column]["entropy_l"]
        assert of_the_survey[name, column, "t"] == pytest.approx(theirs[column]["t"], rel=1e-12)


@pytest.mark.parametrize("name", QUASI_IDENTIFIERS)
def test_the_values_are_those_of_exact_fractions(of_the_survey, survey, name):
    quasi = QUASI_IDENTIFIERS[name]
    for measure, value in plain_measures.risks(survey, quasi, 3).items():
        assert of_the_survey[name, "", measure] == pytest.approx(float(value), rel=1e-12), measure
    for column in SENSITIVE:
        for measure, value in plain_measures.diversity(survey, quasi, column).items():
            assert of_the_survey[name, column, measure] == pytest.approx(value, rel=1e-12), (column, measure)
