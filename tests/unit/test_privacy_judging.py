"""What a mart must say of the people in it, and what figures come to: checks of gate 4, levels, the printed tables."""

from dataclasses import replace
from io import StringIO

import pytest
from deltalake import DeltaTable
from rich.console import Console

from contracts.errors import InvalidContracts
from contracts.loading import ROOT, load, load_all, load_file
from expectations.errors import PrivacyUndeclared
from expectations.gate import judge
from expectations.privacy.declared import Rows, Sensitive, declaration
from expectations.privacy.judging import Figure, bound, checks, level
from jobs.privacy.marts import keep
from jobs.privacy.show import newest, show
from jobs.storage.ledger import Ledger
from jobs.storage.ledger_tables import TABLES

COLUMNS = ["region_code", "month_start", "illness", "buyer_count", "customer_count"]
AGGREGATES = {
    "rows": "aggregates", "people": ["buyer_count"], "quasi_identifiers": ["region_code", "month_start"], "minimum_k": 5,
    "population": {"buyer_count": "customer_count"}, "sensitive": {"illness": {"minimum_l": 2, "maximum_t": 0.4}},
}  # fmt: skip
DECLARED = declaration("fct_x", COLUMNS, AGGREGATES)


def figure(measure, value, *, people="buyer_count", sensitive="", subject="fct_x"):
    made = Figure(subject, people, sensitive, measure, value)
    return replace(made, bound=bound(made, DECLARED))


def test_a_declaration_is_read_whole():
    assert DECLARED.rows is Rows.AGGREGATES
    assert DECLARED.sensitive == (Sensitive("illness", minimum_l=2, maximum_t=0.4),)
    assert DECLARED.columns == set(COLUMNS)
    assert declaration("dim_x", [], {"rows": "nobody", "because": "days"}).people == ()


@pytest.mark.parametrize(
    ("declared", "says"),
    [
        (None, "rows must say what a row is about: persons, aggregates, nobody"),
        ([], "rows must say"),
        ({"rows": "people"}, "rows must say"),
        ({"rows": "nobody"}, "'because' is a required property"),
        ({**AGGREGATES, "minimum_k": 1}, "minimum_k: 1 is less than the minimum of 2"),
        ({**AGGREGATES, "people": []}, "people: "),
        ({**AGGREGATES, "rows": "persons", "people": ["buyer_count", "customer_count"]}, "people: .* is too long"),
        ({**AGGREGATES, "minimun_k": 5}, "'minimun_k' was unexpected"),
        ({**AGGREGATES, "sensitive": {"illness": {"maximum_t": 2}}}, "sensitive: illness: maximum_t: 2 is greater"),
        ({**AGGREGATES, "quasi_identifiers": ["city"]}, "speaks of city, which the model does not describe"),
        ({**AGGREGATES, "population": {"customers": "customer_count"}}, "speaks of customers"),
        ({key: value for key, value in AGGREGATES.items() if key != "minimum_k"}, "'minimum_k' is a required"),
    ],
)
def test_what_is_not_declared_or_not_understood_is_refused_by_name(declared, says):
    with pytest.raises(PrivacyUndeclared, match=f"mart fct_x: meta.privacy of its model: .*{says}"):
        declaration("fct_x", COLUMNS, declared)


def test_what_is_short_of_its_minimum_or_beyond_its_maximum_stops():
    figures = [
        figure("k", 3), figure("k", 5, people="customer_count"), figure("prosecutor_risk", 1 / 3),
        figure("distinct_l", 1, sensitive="illness"), figure("entropy_l", 1, sensitive="illness"),
        figure("t", 0.5, sensitive="illness"), figure("identity_left", 2, people=""), figure("rows", 9, people=""),
    ]  # fmt: skip
    broken = {verdict.check.rule: verdict.check.found for verdict in judge(list(checks(figures))) if verdict.stops}
    assert broken == {
        "fct_x.buyer_count.k_short_of_5": 2,
        "fct_x.buyer_count.illness.distinct_l_short_of_2": 1,
        "fct_x.buyer_count.illness.t": 0.5,
        "fct_x.identity_left": 2,
    }


def test_the_last_digit_of_a_sum_decides_nothing():
    figures = [figure("t", 0.4 + 1e-12, sensitive="illness"), figure("distinct_l", 2 - 1e-12, sensitive="illness")]
    assert [verdict.passed for verdict in judge(list(checks(figures)))] == [True, True]


@pytest.mark.parametrize(
    ("figures", "expected"),
    [
        ([("k", 9, "buyer_count"), ("identity_left", 1, "")], 1),
        ([("k", 9, "buyer_count"), ("k", 4, "buyer_count")], 2),
        ([("k", 9, "buyer_count"), ("identity_left", 0, "")], 3),
        ([("groups", 0, "buyer_count")], 3),
        ([("rows", 9, ""), ("identity_left", 0, "")], 4),
    ],
)
def test_the_level_is_the_worst_that_a_figure_says(figures, expected):
    assert level([figure(measure, value, people=people) for measure, value, people in figures]) == expected


def shown(ledger):
    text = StringIO()
    show(newest(ledger), Console(file=text, width=200, highlight=False))
    return text.getvalue()


def test_the_newest_figures_of_each_table_are_shown_with_level_bounds_and_state(ledger):
    keep(ledger, "old", [figure("k", 5), figure("k", 6, subject="fct_y")])
    keep(ledger, "new", [figure("k", 3), figure("share_below_k", 0.25), figure("t", 0.125, sensitive="illness")])
    mart = {"publication_id": "old", "table_version": 1, "row_count": 7, "smallest_group": 5, "is_visible": True}
    ledger.record("publications", [{**mart, "mart": "fct_y"}])

    assert [(each.subject, each.is_published) for each in newest(ledger)] == [("fct_x", False), ("fct_y", True)]
    text = shown(ledger)
    assert "2 级: 重标识风险不可接受" in text
    assert "3 (5)" in text
    assert "0.2500" in text
    assert "0.1250 (0.4)" in text
    assert "6 (5)" in text
    assert "5 (5)" not in text, "an older build's figure is shown for the newest"


def test_trails_have_a_table_of_their_own(ledger):
    trail = {"people": "connection_key", "subject": "network.mro_samples"}
    keep(ledger, "b1", [figure("trail_persons", 12345, **trail), figure("trail_targets", 10000, **trail)])
    keep(ledger, "b1", [figure("unique_with_4_points", 0.9312, **trail), figure("unique_with_2_points", 0.5, **trail)])
    text = shown(ledger)
    assert "轨迹" in text
    assert "重标识风险" not in text
    assert "12,345" in text
    assert text.index("0.5000") < text.index("0.9312")


def test_a_ledger_of_before_gets_the_table_that_it_lacks(tmp_path):
    ledger = Ledger(tmp_path)
    for name in TABLES:
        if name != "privacy_measures":
            DeltaTable.create(str(ledger.path(name)), schema=TABLES[name])
    ledger.prepare()
    keep(ledger, "b1", [figure("k", 5)])
    assert len(newest(ledger)) == 1


def test_every_dataset_with_a_subscriber_and_a_cell_has_a_trail():
    followed = {contract.id for contract in load_all().values() if contract.trail}
    with_both = {
        contract.id
        for contract in load_all().values()
        if {field.identifier for field in contract.surviving} & {"imsi", "imei", "device_id"}
        and {field.name for field in contract.surviving} & {"eci", "cell_id"}
    }
    assert followed == with_both != set()


def test_a_trail_is_made_of_treated_columns():
    trail = load("network.xdr_s1_mme").trail
    assert trail is not None
    assert (trail.person, trail.places, trail.moment) == ("subscriber_key", ("eci",), "started_on")


@pytest.mark.parametrize(
    ("declared", "says"),
    [
        ("person: imsi, places: [eci], moment: begun_at", "'begun_at', which is no column"),
        ("person: msisdn, places: [eci], moment: started_at", "'msisdn', which is dropped"),
        ("person: tac, places: [eci], moment: started_at", "the person of a trail, 'tac', is no token"),
        ("person: imsi, places: [eci], moment: tac", "the moment of a trail, 'tac', is no time"),
        ("person: imsi, places: [], moment: started_at", "should be non-empty"),
    ],
)
def test_a_trail_that_cannot_be_followed_is_refused_when_the_contract_is_loaded(tmp_path, declared, says):
    good = (ROOT / "network" / "xdr_s1_mme.odcs.yaml").read_text(encoding="utf-8")
    head, name, _ = good.partition("property: trail\n")
    assert name, "the contract names no trail"
    path = tmp_path / "network" / "xdr_s1_mme.odcs.yaml"
    path.parent.mkdir()
    path.write_text(f"{head}{name}    value: {{{declared}}}\n", encoding="utf-8")
    with pytest.raises(InvalidContracts) as refusal:
        load_file(path)
    assert says in str(refusal.value)
