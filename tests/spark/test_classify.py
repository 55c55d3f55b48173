"""Finding identifiers on the engine: native checks, the labelled set and its table in docs, datasets, files, gate 2."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from pyspark.sql import functions as F

from contracts import check_digits
from contracts.identifiers import IDENTIFIERS, Proof
from contracts.loading import load_file
from expectations import likeness, raw
from expectations.checksums import VALID
from expectations.gate import judge
from expectations.identity import holds_identity
from expectations.normal_form import normalised
from infra.demo.randomness import stream
from jobs.classify.files import opened
from jobs.classify.labelled import labelled_columns
from jobs.classify.labelled_values import VALUES, number
from jobs.classify.run import classify_dataset, classify_file
from jobs.classify.score import score
from jobs.classify.show import markdown
from jobs.storage.zones import Zone
from tests.bench.wide import WIDE

pytestmark = pytest.mark.spark

DOCS = Path(__file__).resolve().parents[2] / "docs" / "classification.md"
CHECKED = [kind for kind, found in IDENTIFIERS.items() if found.is_checkable]


def broken(kind, value):
    """The value with another check character, where its kind has one."""
    if kind == "vin":
        return value[:8] + ("1" if value[8] != "1" else "2") + value[9:]
    compact = re.sub(r"[^0-9A-Za-z]", "", value)
    return compact[:-1] + ("7" if compact[-1] not in "70" else "3")


def test_every_value_of_a_kind_is_valid_and_none_of_a_wrong_check(spark):
    rng = stream(1, "classify")
    rows = [(kind, VALUES[kind](rng), True) for kind in CHECKED for _ in range(40)]
    without_last = {"mobile_phone", "bank_card"}  # of a mobile no digit is a check; cards of other lengths exist
    by_check = [kind for kind in CHECKED if IDENTIFIERS[kind].proof is Proof.CHECK and kind not in without_last]
    rows += [
        (kind, broken(kind, value), False)
        for kind, value, _ in rows
        if kind in by_check
        and not (kind == "foreigner_permit" and not value.startswith("9"))
        and not (kind == "imei" and value.endswith("0"))  # the network's spare 0 is no check digit
    ]
    frame = spark.createDataFrame(rows, "kind string, value string, expected boolean")
    judged = F.coalesce(*(F.when(F.col("kind") == kind, VALID[kind](F.col("value"))) for kind in CHECKED))
    wrong = frame.where(judged.isNull() | (judged != F.col("expected"))).groupBy("kind", "expected").count().collect()
    assert {(row["kind"], row["expected"]): row["count"] for row in wrong} == {}


@pytest.mark.parametrize(
    ("kind", "spellings", "normal"),
    [
        ("mobile_phone", ["+86 138-0013-8000", "(86)13800138000", "013800138000", "１３８００１３８０００", "138\u200b00138000", "13800138000.0", "683108108300F0"], "13800138000"),
        ("resident_id", ["11010519491231002x", "110105 19491231 002X", "110105491231002"], "11010519491231002"),
        ("hong_kong_macao_permit", ["H1234567800", "H1234567801", "h12345678"], "H12345678"),
        ("plate", ["京A·12345", "京A 12345", "京a.12345", "京A１２３４５"], "京A12345"),
        ("mac", ["00:1a:2b:3c:4d:5e", "00-1A-2B-3C-4D-5E", "001A.2B3C.4D5E"], "001A2B3C4D5E"),
    ],
)  # fmt: skip
def test_all_spellings_of_a_value_have_one_normal_form(spark, kind, spellings, normal):
    frame = spark.createDataFrame([(spelling,) for spelling in [*spellings, None]], "value string")
    assert [row[0] for row in frame.select(normalised(F.col("value"), kind)).collect()] == [normal] * len(spellings) + [
        None
    ]


def test_identities_in_texts_are_found_and_what_is_like_them_is_not(spark):
    there = ["身份证：110105491231002", "护照号 E12345678", "QQ 1234567", "QQ:1234567", "微信号：rain_0420", "ICCID 8986 0012 3456 7890 1234",
             "00:1A:2B:3C:4D:5E", "沪S1234应急", "香港身份证A123456(3)", "N2330106MA12345678", "LSVAA4182E2123456", "2409:8a28::1"]  # fmt: skip
    absent = ["HZ123456(2)", "SITE_E12345678", "12:34:56", "2026-01-31T12:34:56", "QQ音乐", "20260131123456789012", "微信 Android客户端",
              "PUSCH.SINR::avg", "版本 1.2.3", "沪A是上海的车"]  # fmt: skip
    frame = spark.createDataFrame(
        [(text, text in there) for text in [*there, *absent]], "value string, expected boolean"
    )
    wrong = frame.where(holds_identity(F.col("value")) != F.col("expected")).collect()
    assert [row["value"] for row in wrong] == []


def test_the_labelled_set_is_judged_as_the_docs_say(lake):
    scores = score(lake, labelled_columns())
    assert scores.structured.recall >= 0.995
    assert scores.structured.precision >= 0.99
    table = markdown(scores)
    assert table in DOCS.read_text(encoding="utf-8"), (
        f"`lakewarden classify-score --markdown` gives another table:\n{table}"
    )


TABLE = """
        logicalType: {kind}
        classification: internal
        customProperties: [{{property: treatment, value: {treatment}}}]
"""


def contract_of(folder, **columns):
    """A contract of these columns: the type and the treatment of each."""
    made = "".join(
        f"      - name: {name}\n        businessName: 列\n        description: Column {name}."
        + TABLE.format(kind=kind, treatment=treatment)
        + ("        required: true\n        primaryKey: true\n" if not place else "")
        for place, (name, (kind, treatment)) in enumerate(columns.items())
    )
    path = folder / "crm" / "wide.odcs.yaml"
    path.parent.mkdir()
    path.write_text(WIDE.replace("COLUMNS\n", made), encoding="utf-8")
    return load_file(path)


def raw_rows(spark, contract, *columns):
    """Raw rows of the given columns' values."""
    technical = ("a", "0" * 64, datetime(2026, 1, 31, tzinfo=UTC), date(2026, 1, 31))
    rows = [
        (*values, technical[0], technical[1], place, *technical[2:])
        for place, values in enumerate(zip(*columns, strict=True), 1)
    ]
    return spark.createDataFrame(rows, ", ".join(f"`{name}` {kind}" for name, kind in contract.raw_columns.items()))


def resident(rng):
    first17 = f"330106{rng.randrange(1950, 2000)}0101{number(rng, 3)}"
    return first17 + check_digits.resident_check(first17)


def mobile(rng):
    return f"1{rng.choice(('38', '39', '50', '86'))}{number(rng, 8)}"


def stopped(contract, batch, rows):
    """The columns at which gate 2 stops."""
    checks = raw.checks(contract, batch, rows_in=rows, loaded=rows, quarantined=0, duplicate=0)
    return {
        verdict.check.rule.partition(".")[0]
        for verdict in judge(checks)
        if verdict.stops and verdict.check.rule.endswith("looks_like_identifier")
    }


def test_gate_2_stops_a_column_that_is_an_identifier_its_contract_does_not_name(spark, tmp_path):
    keep, rng, rows = "{kind: keep}", stream(2, "classify"), 400
    contract = contract_of(
        tmp_path, key=("string", "{kind: token, domain: record, becomes: k}"), mobile=("integer", keep),
        remark=("string", "{kind: mask, head: 3, tail: 4}"), some=("string", keep), card=("string", keep),
        tokened=("string", "{kind: token, domain: phone, becomes: t}"), order_no=("string", keep), counter=("integer", keep),
        amount=("number", keep), at_ms=("integer", keep),
    )  # fmt: skip
    assert {field.name for field in likeness.exposed(contract)}.isdisjoint({"key", "tokened"})

    def card(body):
        return body + check_digits.luhn_check(body)

    batch = raw_rows(
        spark, contract,
        [f"K{place}" for place in range(rows)],
        [int(mobile(rng)) for _ in range(rows)],
        [mobile(rng) for _ in range(rows)],
        [resident(rng) if place % 10 == 0 else "无" for place in range(rows)],  # one in ten is enough of these
        [card(f"4563{number(rng, 11)}") for _ in range(rows)],
        [mobile(rng) for _ in range(rows)],
        [f"62{number(rng, 14)}" for _ in range(rows)],  # one in ten passes Luhn by chance
        [13_000_000_000 + rng.randrange(7 * 10**9) for _ in range(rows)],  # two of three begin like a mobile
        [rng.random() * 10**12 for _ in range(rows)],
        [1_700_000_000_000 + rng.randrange(10**9) for _ in range(rows)],
    )  # fmt: skip
    assert stopped(contract, batch, rows) == {"mobile", "remark", "some", "card"}


def test_a_dataset_is_classified_beside_its_contract(lake, tmp_path):
    keep, rng, rows = "{kind: keep}", stream(3, "classify"), 120
    contract = contract_of(
        tmp_path, key=("string", "{kind: token, domain: record, becomes: k}"), phone=("integer", keep), plain=("integer", keep)
    )  # fmt: skip
    batch = raw_rows(
        lake.spark, contract,
        [f"K{place}" for place in range(rows)], [int(mobile(rng)) for _ in range(rows)], list(range(rows)),
    )  # fmt: skip
    lake.replace_batch(Zone.RAW, contract.table, contract.raw_columns, "a", batch)
    by_name = {proposal.name: proposal for proposal in classify_dataset(lake, contract, rows=100)}
    assert {name: proposal.is_stronger for name, proposal in by_name.items()} == {
        "key": False,
        "phone": True,
        "plain": False,
    }
    phone = by_name["phone"]
    assert (phone.finding.kind, phone.treatment["kind"]) == ("mobile_phone", "token")
    assert 70 < phone.cells.rows < 120, "a sample, whose size chance moves by some ten"


def test_a_file_is_classified_and_its_sample_does_not_stay(lake, tmp_path):
    rng = stream(4, "classify")
    path = tmp_path / "found.csv"
    lines = [f"{VALUES['person_name'](rng)},{VALUES['mobile_phone'](rng)},{rng.randrange(9)}" for _ in range(200)]
    path.write_text("\n".join(["联系人,电话,数量", *lines]), encoding="utf-8")
    proposals = classify_file(lake, opened(path), rows=150)
    assert [(p.header, p.finding.kind, p.treatment["kind"]) for p in proposals] == [
        ("联系人", "person_name", "drop"), ("电话", "mobile_phone", "token"), ("数量", None, "keep"),
    ]  # fmt: skip
    assert {proposal.cells.rows for proposal in proposals} == {150}
    assert not list(lake.home.rglob("rows.parquet"))
