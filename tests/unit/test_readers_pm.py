"""Performance measurement files: both standards, both ways to pair names and values, and everything that hides a loss."""

import socket
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from contracts.loading import load
from jobs.ingest.readers import FileFaultReason, RowFaultReason
from jobs.ingest.readers.markup import elements, release, root_name
from tests.unit.demo_judging import fault_of
from tests.unit.reading import Outcome, read_bytes

AGREED = load("network.cell_measurements")
_32_435 = "http://www.3gpp.org/ftp/specs/archive/32_series/32.435#measCollec"
_28_532 = "http://www.3gpp.org/ftp/specs/archive/28_series/28.532#measData"
PERIOD = '<granPeriod duration="PT900S" endTime="2026-01-31T08:15:00+08:00"/>'
LISTED = f'<measInfo measInfoId="g">{PERIOD}<measTypes>a b c</measTypes>%s</measInfo>'
INDEXED = f'<measInfo>{PERIOD}<measType p="1">a</measType><measType p="7">b</measType>%s</measInfo>'


def _file(infos: str, *, namespace: str = _32_435, element: str = '<managedElement localDn="NE1"/>') -> str:
    return (
        f'<?xml version="1.0"?><!-- by nobody --><?xml-stylesheet href="x.xsl"?>\n<measCollecFile xmlns="{namespace}">'
        '<fileHeader fileFormatVersion="32.435 V10.0"><fileSender localDn="OMC1"/>'
        '<measCollec beginTime="2026-01-31T08:00:00+08:00"/></fileHeader>'
        f"<measData>{element}{infos}</measData>"
        '<fileFooter><measCollec endTime="2026-01-31T08:15:00+08:00"/></fileFooter></measCollecFile>'
    )


def _5g(infos: str) -> str:
    return (
        f'<measDataFile xmlns="{_28_532}"><fileHeader fileFormatVersion="32.435 V10.0"><fileSender senderName="OMC2"/>'
        '<measData beginTime="2026-01-31T08:00:00Z"/></fileHeader>'
        f'<measData><measEntity localDn="NE2"/>{infos}</measData>'
        '<fileFooter><measData endTime="2026-01-31T08:15:00Z"/></fileFooter></measDataFile>'
    )


def _value(inner: str, name: str = "Cell=1") -> str:
    return f'<measValue measObjLdn="{name}">{inner}</measValue>'


def _read(content: str, folder: Path) -> Outcome:
    return read_bytes(content.encode(), folder, AGREED)


def _results(got: Outcome) -> list[tuple[str | None, str | None, str | None]]:
    return [(row["counter_name"], row["value_text"], row["value"]) for row in got.rows]


def test_a_row_says_everything_that_the_file_says_of_a_result(tmp_path: Path) -> None:
    got = _read(_file(LISTED % _value("<measResults>1 2.5 -3</measResults>")), tmp_path)
    assert got.cells[1] == (
        "Cell=1", "g", "b", "2026-01-31T08:00:00+08:00", "2026-01-31T08:15:00+08:00", "900", "2.5", "2.5", "false",
        "NE1", "OMC1", "32.435",
    )  # fmt: skip
    assert got.numbers == [1, 2, 3]


def test_the_root_tells_the_standard_whatever_the_version_says(tmp_path: Path) -> None:
    row = _read(_5g(INDEXED % _value('<r p="1">1</r>')), tmp_path).rows[0]
    assert (row["standard"], row["managed_element"], row["sender"]) == ("28.532", "NE2", "OMC2")
    assert row["measurement_group"] is None


def test_a_file_without_namespace_is_read_and_a_foreign_one_is_refused(tmp_path: Path) -> None:
    plain = _file(LISTED % _value("<measResults>1 2 3</measResults>")).replace(f' xmlns="{_32_435}"', "")
    assert len(_read(plain, tmp_path).rows) == 3
    assert _read(_file("", namespace="urn:else"), tmp_path).fault == FileFaultReason.WRONG_STRUCTURE


def test_a_prefix_changes_nothing(tmp_path: Path) -> None:
    names = ("measCollecFile", "fileHeader", "fileSender", "measCollec", "measData", "managedElement", "measInfo",
             "granPeriod", "measTypes", "measValue", "measResults", "fileFooter")  # fmt: skip
    content = _file(LISTED % _value("<measResults>1 2 3</measResults>")).replace("xmlns=", "xmlns:m=")
    for name in names:
        content = content.replace(f"<{name} ", f"<m:{name} ").replace(f"<{name}>", f"<m:{name}>")
        content = content.replace(f"</{name}>", f"</m:{name}>")
    assert len(_read(content, tmp_path).rows) == 3


def test_indexed_results_pair_by_number_in_any_order_and_with_gaps(tmp_path: Path) -> None:
    got = _read(_file(INDEXED % (_value('<r p="7">2</r><r p="1">1</r>') + _value('<r p="7">3</r>'))), tmp_path)
    assert _results(got) == [("b", "2", "2"), ("a", "1", "1"), ("b", "3", "3")]


@pytest.mark.parametrize(
    ("text", "value_text", "value"),
    [("", None, None), ("  ", None, None), ("NULL", None, None), ("1,2,3", "1,2,3", None), (",,", ",,", None),
     ("1,234", "1,234", None), ("-1.5e3", "-1.5e3", "-1.5e3"), ("NaN", "NaN", None), ("up", "up", None),
     (" 7 ", "7", "7"), ("１", "１", None), ("NIL", "NIL", None), ("Infinity", "Infinity", None), ("1,5", "1,5", None),
     ("-1", "-1", "-1"), ("18446744073709551616", "18446744073709551616", "18446744073709551616")],
)  # fmt: skip
def test_only_a_plain_number_is_a_value(tmp_path: Path, text: str, value_text: str | None, value: str | None) -> None:
    got = _read(_file(INDEXED % _value(f'<r p="1">{text}</r>')), tmp_path)
    assert _results(got) == [("a", value_text, value)]
    assert got.faults == {}


@pytest.mark.parametrize(
    ("inner", "expected"),
    [("", "false"), ("<suspect>true</suspect>", "true"), ("<suspect>1</suspect>", "true"),
     ("<suspect>false</suspect>", "false"), ("<suspect> </suspect>", None), ("<suspect>maybe</suspect>", "maybe")],
)  # fmt: skip
def test_a_suspect_result_is_kept_and_marked(tmp_path: Path, inner: str, expected: str | None) -> None:
    row = _read(_file(INDEXED % _value(f'<r p="1">1</r>{inner}')), tmp_path).rows[0]
    assert row["is_suspect"] == (expected if expected is not None else "")


def test_a_list_that_does_not_fit_its_names_is_one_faulty_row(tmp_path: Path) -> None:
    values = _value("<measResults>1 2</measResults>") + _value("<measResults>1 2 3</measResults>", "Cell=2")
    got = _read(_file(LISTED % values), tmp_path)
    assert got.faults == {1: RowFaultReason.UNPAIRED_RESULTS}
    assert _results(got)[0] == (None, "1 2", None)
    assert len(got.rows) == 4


@pytest.mark.parametrize(
    ("results", "faulty"),
    [('<r p="1">1</r><r p="9">2</r>', {2}), ('<r p="1">1</r><r p="1">2</r><r p="7">3</r>', {1, 2}),
     ("<r>1</r>", {1}), ('<r p="7">1</r>', set())],
)  # fmt: skip
def test_a_result_without_its_counter_is_a_faulty_row(tmp_path: Path, results: str, faulty: set[int]) -> None:
    got = _read(_file(INDEXED % _value(results)), tmp_path)
    assert got.faults == dict.fromkeys(faulty, RowFaultReason.UNPAIRED_RESULTS)


def test_a_counter_number_given_twice_pairs_with_nothing(tmp_path: Path) -> None:
    info = f'<measInfo>{PERIOD}<measType p="1">a</measType><measType p="1">b</measType>%s</measInfo>'
    got = _read(_file(info % _value('<r p="1">1</r>')), tmp_path)
    assert got.faults == {1: RowFaultReason.UNPAIRED_RESULTS}


def test_blocks_of_one_group_keep_their_own_counters_and_elements_their_own_names(tmp_path: Path) -> None:
    other = f'<measInfo measInfoId="g"><job jobId="2"/>{PERIOD}<measTypes>d</measTypes>%s</measInfo>'
    two = LISTED % _value("<measResults>1 2 3</measResults>") + other % _value("<measResults>4</measResults>")
    second = f'</measData><measData><managedElement userLabel="x"/>{other % _value("<measResults>5</measResults>")}'
    got = _read(_file(two + second), tmp_path)
    assert [(row["counter_name"], row["value"], row["managed_element"]) for row in got.rows] == [
        ("a", "1", "NE1"), ("b", "2", "NE1"), ("c", "3", "NE1"), ("d", "4", "NE1"), ("d", "5", None),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("ended", "started_at", "ended_at"),
    [("2026-01-31T08:15:00Z", "2026-01-31T08:00:00+00:00", "2026-01-31T08:15:00+00:00"),
     ("2026-01-31T08:15:00+0800", "2026-01-31T08:00:00+08:00", "2026-01-31T08:15:00+08:00"),
     ("2026-01-31T08:15:00-03", "2026-01-31T08:00:00-03:00", "2026-01-31T08:15:00-03:00"),
     ("20260131T081500+05:30", "2026-01-31T08:00:00+05:30", "2026-01-31T08:15:00+05:30"),
     ("2026-01-31T08:15:00.5Z", "2026-01-31T08:00:00.500+00:00", "2026-01-31T08:15:00.500+00:00"),
     ("2026-01-31T00:05:00", "2026-01-30T23:50:00+08:00", "2026-01-31T00:05:00+08:00"),
     ("yesterday", None, "yesterday")],
)  # fmt: skip
def test_a_period_ends_where_any_offset_says(tmp_path: Path, ended: str, started_at: str | None, ended_at: str) -> None:
    content = _file(LISTED % _value("<measResults>1 2 3</measResults>")).replace(
        'duration="PT900S" endTime="2026-01-31T08:15:00+08:00"', f'duration="PT15M" endTime="{ended}"'
    )
    row = _read(content, tmp_path).rows[0]
    assert (row["period_started_at"], row["period_ended_at"]) == (started_at, ended_at)
    assert row["granularity_s"] == "900"


def test_a_duration_that_is_none_leaves_the_length_empty(tmp_path: Path) -> None:
    row = _read(_file(INDEXED % _value('<r p="1">1</r>')).replace("PT900S", "some duration"), tmp_path).rows[0]
    assert (row["granularity_s"], row["period_started_at"]) == (None, None)
    assert row["period_ended_at"] == "2026-01-31T08:15:00+08:00"


@pytest.mark.parametrize(
    ("ended", "fault"),
    [("2026-02-01T08:15:00+08:00", "period_in_the_past"), ("2026-01-31T08:15:00+08:00", None), ("x", "period_ended_at.unreadable")],
)  # fmt: skip
def test_a_period_of_a_day_to_come_and_one_without_an_end_are_faults_of_their_rows(
    tmp_path: Path, ended: str, fault: str | None
) -> None:
    content = _file(INDEXED % _value('<r p="1">1</r>')).replace(
        'endTime="2026-01-31T08:15:00+08:00"/>', f'endTime="{ended}"/>', 1
    )
    got = _read(content, tmp_path)
    assert (got.fault, got.faults) == (None, {})
    (row,) = ({name: row[name] for name in (field.name for field in AGREED.fields)} for row in got.rows)
    assert fault_of(row, AGREED, date(2026, 1, 31)) == fault


def test_one_object_twice_in_a_file_is_two_rows_for_the_model_to_choose_from(tmp_path: Path) -> None:
    got = _read(_file(INDEXED % (_value('<r p="1">1</r>') + _value('<r p="1">2</r>'))), tmp_path)
    assert [(row["measured_object"], row["value"]) for row in got.rows] == [("Cell=1", "1"), ("Cell=1", "2")]


@pytest.mark.parametrize("duration", ["P999999999D", "PT99999999999999999999S"])
def test_a_length_beyond_the_calendar_leaves_the_beginning_empty(tmp_path: Path, duration: str) -> None:
    row = _read(_file(INDEXED % _value('<r p="1">1</r>')).replace("PT900S", duration), tmp_path).rows[0]
    assert (row["period_started_at"], row["period_ended_at"]) == (None, "2026-01-31T08:15:00+08:00")


def test_periods_of_different_lengths_stand_in_one_file(tmp_path: Path) -> None:
    hourly = (LISTED % _value("<measResults>1 2 3</measResults>")).replace("PT900S", "PT60M")
    got = _read(_file(LISTED % _value("<measResults>4 5 6</measResults>") + hourly), tmp_path)
    assert [(row["value"], row["granularity_s"], row["period_started_at"]) for row in got.rows[::3]] == [
        ("4", "900", "2026-01-31T08:00:00+08:00"), ("1", "3600", "2026-01-31T07:15:00+08:00"),
    ]  # fmt: skip


@pytest.mark.parametrize("name", ["A2026.xml", "PM=1,Cell=2.dat", "-rf", "=1+1.xml", "D\u202e\n';--.xml", "x" * 250])
def test_the_name_of_a_file_is_not_asked(tmp_path: Path, name: str) -> None:
    content = _file(LISTED % _value("<measResults>1 2 3</measResults>")).encode()
    assert len(read_bytes(content, tmp_path, AGREED, name).rows) == 3


def test_a_vector_of_hundreds_in_one_value_stays_whole(tmp_path: Path) -> None:
    vector = ",".join(str(number) for number in range(273))
    got = _read(_file(LISTED % _value(f"<measResults>1 {vector} ,,,</measResults>")), tmp_path)
    assert _results(got) == [("a", "1", "1"), ("b", vector, None), ("c", ",,,", None)]


def test_the_other_objects_of_a_block_stay_good_beside_a_bad_one(tmp_path: Path) -> None:
    good, bad = '<r p="1">1</r><r p="7">2</r>', '<r p="1">3</r><r p="8">4</r>'
    odd = f'<suspect>true</suspect><x p="1">9</x>{good}'
    got = _read(_file(INDEXED % (_value(good) + _value(bad) + _value(odd) + _value(good))), tmp_path)
    assert got.faults == {4: RowFaultReason.UNPAIRED_RESULTS}
    assert [row["value"] for row in got.rows] == ["1", "2", "3", "4", "1", "2", "1", "2"]
    assert [row["is_suspect"] for row in got.rows] == ["false"] * 4 + ["true"] * 2 + ["false"] * 2


@pytest.mark.parametrize("content", [_file, _5g])
@pytest.mark.parametrize(
    "block", [LISTED % _value("<measResults>1 2 3</measResults>"), INDEXED % _value('<r p="1">1</r>')]
)
@pytest.mark.parametrize("has_namespace", [True, False])
def test_both_standards_take_both_ways_of_pairing_with_and_without_a_namespace(
    tmp_path: Path, content: Callable[[str], str], block: str, has_namespace: bool
) -> None:
    text = content(block)
    text = text if has_namespace else text.replace(f' xmlns="{_32_435}"', "").replace(f' xmlns="{_28_532}"', "")
    assert _results(_read(text, tmp_path))[0] == ("a", "1", "1")


@pytest.mark.parametrize(
    "attack",
    ['<!DOCTYPE a [<!ENTITY x "lol"><!ENTITY y "&x;&x;&x;&x;"><!ENTITY z "&y;&y;&y;&y;">]>',
     '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
     '<!DOCTYPE a [<!ENTITY % x SYSTEM "http://127.0.0.1:{port}/x"> %x;]>'],
)  # fmt: skip
def test_no_attack_on_a_parser_reaches_the_network(tmp_path: Path, attack: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.setblocking(False)
        port = listener.getsockname()[1]
        declared = attack.replace("{port}", str(port))
        assert _read(declared + _file("").partition("?>")[2], tmp_path).fault == FileFaultReason.DOCTYPE
        included = f'<x xmlns:i="http://www.w3.org/2001/XInclude"><i:include href="http://127.0.0.1:{port}/y"/></x>'
        styled = _file(included).replace("x.xsl", f"http://127.0.0.1:{port}/z.xsl")
        assert _read(styled, tmp_path).fault is None
        with pytest.raises(BlockingIOError):
            listener.accept()


def test_an_object_without_a_name_is_null(tmp_path: Path) -> None:
    assert _read(_file(INDEXED % _value('<r p="1">1</r>', "")), tmp_path).rows[0]["measured_object"] is None


def test_a_file_with_header_and_footer_only_has_no_rows(tmp_path: Path) -> None:
    got = _read(_file("").replace('<measData><managedElement localDn="NE1"/></measData>', ""), tmp_path)
    assert (got.fault, got.batches) == (None, [])


@pytest.mark.parametrize(
    ("content", "detail"),
    [(_file("", element=""), "measData without managedElement or measEntity"),
     (_file(LISTED % "", element=""), "measData without managedElement or measEntity"),
     (_file("").replace("fileHeader", "header"), "fileHeader is missing"),
     (_file("").replace("fileFooter", "footer"), "fileFooter is missing"),
     ("<measurements/>", "the root is none of measCollecFile, measDataFile")],
)  # fmt: skip
def test_a_file_that_lacks_a_part_is_refused(tmp_path: Path, content: str, detail: str) -> None:
    got = _read(content, tmp_path)
    assert (got.fault, got.detail) == (FileFaultReason.WRONG_STRUCTURE, detail)


def test_a_file_cut_anywhere_never_counts_a_row(tmp_path: Path) -> None:
    content = _file(LISTED % _value("<measResults>1 2 3</measResults>") * 1)
    whole = len(content)
    faults = {_read(content[:end], tmp_path).fault for end in range(60, whole, 7)}
    assert None not in faults
    assert faults <= {FileFaultReason.TRUNCATED, FileFaultReason.MALFORMED, FileFaultReason.WRONG_STRUCTURE}
    assert _read(content[: whole - 40], tmp_path).fault == FileFaultReason.TRUNCATED


@pytest.mark.parametrize(
    "prolog",
    ["<!DOCTYPE a>", '<!DOCTYPE a [<!ENTITY x "y">]>', '<!DOCTYPE a SYSTEM "http://127.0.0.1:9/x.dtd">',
     "<!-- <a> --><!doctype a>", "<?x <a> ?>\n\n<!DOCTYPE a>", f"<!-- {'x' * 5_000} --><!DOCTYPE a>"],
)  # fmt: skip
def test_a_document_type_is_refused_before_parsing(tmp_path: Path, prolog: str) -> None:
    got = _read(f'<?xml version="1.0"?>{prolog}' + _file("").partition("?>")[2], tmp_path)
    assert got.fault == FileFaultReason.DOCTYPE


def test_a_document_type_behind_an_endless_comment_is_not_reached(tmp_path: Path) -> None:
    got = _read(f"<?xml version='1.0'?><!-- {'x' * 100_000} --><!DOCTYPE a><a/>", tmp_path)
    assert got.fault == FileFaultReason.MALFORMED


@pytest.mark.parametrize(
    "content",
    [_file("<x>" * 400 + "</x>" * 400), _file(f"<x>{'y' * (11 << 20)}</x>"), _file("<x>\x01</x>"), _file("<x>&e;</x>"),
     _file("") + "<a/>"],
)  # fmt: skip
def test_bombs_and_broken_xml_are_refused(tmp_path: Path, content: str) -> None:
    assert _read(content, tmp_path).fault == FileFaultReason.MALFORMED


def test_declared_gbk_is_read_and_a_false_declaration_is_refused(tmp_path: Path) -> None:
    content = _file(INDEXED % _value('<r p="1">1</r>', "小区=1"))
    declared = content.replace('version="1.0"', 'version="1.0" encoding="GBK"', 1)
    assert read_bytes(declared.encode("gbk"), tmp_path, AGREED).rows[0]["measured_object"] == "小区=1"
    assert read_bytes(content.encode("gbk"), tmp_path, AGREED).fault == FileFaultReason.MALFORMED


def test_elements_are_forgotten_as_they_pass(tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text(_file(LISTED % (_value("<measResults>1 2 3</measResults>") * 20_000)), encoding="utf-8")
    most = 0
    with path.open("rb") as file:
        for element in elements(file, ["measValue"]):
            release(element)
            most = max(most, len(element.getparent()))
    assert most < 1_000, "one piece of the file holds fewer, and no more may stand in memory"


def test_an_undefined_entity_does_not_cut_a_value(tmp_path: Path) -> None:
    got = _read(_file(INDEXED % _value('<r p="1">1&e;2</r>')), tmp_path)
    assert got.fault == FileFaultReason.MALFORMED


def test_the_root_is_found_without_parsing() -> None:
    assert root_name(b"\xef\xbb\xbf\r\n<?xml version='1.0'?><!--<x>--><a:b c='d'>") == "b"
