"""From shares to a finding: what chance makes is none, whatever the column's name is worth."""

import pytest

from jobs.classify.deciding import Confidence, decide
from jobs.classify.measuring import Cells


def cells(*groups, mobile_prefixes=9):
    """Different values by their signals, each value once: `(90, "imsi")`."""
    by_signals = {frozenset(signals.split()): count for count, signals in groups}
    count = sum(by_signals.values())
    return Cells(count, count, count, mobile_prefixes, by_signals)


def found(seen, *hinted):
    finding = decide(seen, hinted)
    return finding.kind, finding.confidence.name


@pytest.mark.parametrize(
    ("seen", "kind"),
    [
        (cells((90, "imsi"), (10, "imsi bank_card bank_card+")), "imsi"),  # T1: one in ten passes as a card
        (cells((900, "bank_card"), (100, "bank_card bank_card+")), None),  # numbers of orders
        (cells((97, "bank_card bank_card+"), (3, "bank_card")), "bank_card"),  # T2
        (
            cells(
                (100, "iccid"),
            ),
            "iccid",
        ),  # T5
        (cells((96, "resident_id resident_id+"), (4, "resident_id resident_id+ uscc uscc+")), "resident_id"),  # T12
        (cells((10_000, ""), (1, "resident_id resident_id+")), None),  # T11
        (
            cells(
                (100, "resident_id"),
            ),
            None,
        ),  # T10: fifteen digits without a name
        (cells((67, "mobile_phone mobile_phone+"), (33, "mobile_phone")), None),  # T9: any eleven digits
        (cells((99, "mobile_phone mobile_phone+"), (1, "")), "mobile_phone"),
        (cells((99, "mobile_phone mobile_phone+"), (1, ""), mobile_prefixes=1), None),  # a range of numbers
        (
            cells(
                (100, "ip"),
            ),
            None,
        ),  # numbers of versions
        (cells((40, "ip"), (60, "ip ip+")), "ip"),
        (
            cells(
                (100, "qq_number taiwan_permit is:integer"),
            ),
            None,
        ),  # days written in eight digits
        (cells((60, "person_name"), (30, "person_name person_name+"), (10, "")), None),  # 白酒, 金桔, 安全帽
        (cells((20, "person_name"), (75, "person_name person_name+"), (5, "")), "person_name"),
    ],
)
def test_content_alone(seen, kind):
    assert found(seen)[0] == kind


@pytest.mark.parametrize(
    ("seen", "hinted", "kind"),
    [
        (cells((8, "bank_card"), (1, "bank_card bank_card+")), "bank_card", "bank_card"),  # T3: eight of nine fail Luhn
        (
            cells(
                (100, "imei"),
            ),
            "imei",
            "imei",
        ),  # T4
        (
            cells(
                (100, "resident_id"),
            ),
            "resident_id",
            "resident_id",
        ),
        (
            cells(
                (100, "qq_number"),
            ),
            "qq_number",
            "qq_number",
        ),
        (
            cells(
                (100, "is:date"),
            ),
            "birth_date",
            "birth_date",
        ),
        (
            cells(
                (5, ""),
            ),
            "mobile_phone",
            None,
        ),  # 办公, 家庭: the name of the column is of something else
    ],
)
def test_content_with_a_name(seen, hinted, kind):
    assert found(seen, hinted)[0] == kind


def test_a_name_is_enough_where_nothing_contradicts_it():
    assert found(cells(), "mobile_phone", "landline") == ("mobile_phone", "NAMED")


def test_a_mixture_is_reported_as_one():
    assert found(cells((30, "resident_id resident_id+"), (70, ""))) == ("resident_id", "MIXED")


def test_a_surer_finding_wins_over_the_name():
    assert found(
        cells(
            (100, "iccid"),
        ),
        "bank_card",
    ) == ("iccid", "DECISIVE")


def test_what_stands_inside_texts_is_told():
    seen = cells((90, "is:sentence"), (10, "is:sentence within:mobile_phone"))
    finding = decide(seen, ())
    assert (finding.kind, finding.confidence) == ("free_text", Confidence.DECISIVE)
    assert finding.within == {"mobile_phone": 0.1}


def test_a_few_identifiers_in_short_remarks_make_them_free_text():
    assert found(cells((95, ""), (5, "within:plate"))) == ("free_text", "LABELLED")
