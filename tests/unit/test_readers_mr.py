"""Measurement reports, written after published excerpts: both vendors' spellings, units, and everything that is odd."""

import gzip
import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from contracts.loading import load
from contracts.model import Contract, Reader
from jobs.ingest.readers import FileFaultReason, RowFaultReason
from tests.unit.reading import Outcome, read_bytes

MRO, MRE, MRS = load("network.mro_samples"), load("network.mre_samples"), load("network.mrs_statistics")
HUAWEI_2016 = (
    "MR.LteScRSRP MR.LteNcRSRP MR.LteScRSRQ MR.LteNcRSRQ MR.LteScEarfcn MR.LteScPci MR.LteNcEarfcn MR.LteNcPci "
    "MR.LteScTadv MR.LteScPHR MR.LteScAOA MR.LteScSinrUL MR.LteScRI MR.CQI MR.LteScPUSCHPRBNum MR.LteScPDSCHPRBNum "
    "MR.LteScBSR MR.CDMAtype MR.CDMANcBand MR.CDMANcArfcn MR.CDMAPNphase MR.LteCDMAorHRPDNcPilotStrength "
    "MR.CDMANcPci MR.Longitude MR.Latitude"
)
ZTE_2016 = (
    "MR.LteScEarfcn MR.LteScPci MR.LteScRSRP MR.LteScRSRQ MR.LteScTadv MR.LteScPHR MR.LteScAOA MR.LteScSinrUL "
    "MR.LteScRI1 MR.LteScRI2 MR.LteScRI4 MR.LteScRI8 MR.LteScBSR MR.LteScPUSCHPRBNum MR.LteScPDSCHPRBNum MR.CQI0 "
    "MR.CQI1 MR.LatitudeSign MR.Longitude MR.Latitude MR.LteNcEarfcn MR.LteNcPci MR.LteNcRSRP MR.LteNcRSRQ "
    "MR.CDMAtype MR.CDMANcArfcn MR.CDMAPNphase MR.LteCDMAorHRPDNcPilotStrength MR.CDMANcBand MR.CDMANcPci"
)
MRO_2015 = (
    "MR.LteScEarfcn MR.LteScPci MR.LteSccgi MR.LteScRSRP MR.LteScRSRQ MR.LteScTadv MR.LteScPHR MR.LteScAOA "
    "MR.LteScSinrUL MR.LteScUeRxTxTD MR.LteSceEuRxTxTD MR.LteNcEarfcn MR.LteNcPci MR.LteNcRSRP MR.LteNcRSRQ "
    "MR.LteFddNcEarfcn MR.LteFddNcPci MR.LteFddNcRSRP MR.LteFddNcRSRQ MR.LteTddNcEarfcn MR.LteTddNcPci "
    "MR.LteTddNcRSRP MR.LteTddNcRSRQ MR.UtraCpichRSCP MR.UtraCarrierRSSI MR.UtraCpichEcNo MR.UtraCellParameterId "
    "MR.GsmNcellNcc MR.GsmNcellBcc MR.GsmNcellBcch MR.GsmNcellCarrierRSSI"
)
MRE_2015 = (
    "MR.LteScEarfcn MR.LteScPci MR.LteSccgi MR.LteScRSRP MR.LteScRSRQ MR.LteNcEarfcn MR.LteNcPci MR.LteNcRSRP "
    "MR.LteNcRSRQ MR.UtraCpichRSCP MR.UtraCarrierRSSI MR.UtraCpichEcNo MR.UtraCellParameterId MR.GsmNcellNcc "
    "MR.GsmNcellBcc MR.GsmNcellBcch MR.GsmNcellCarrierRSSI"
)
LOSS = " ".join(f"MR.LteScPlr{way}Qci{number}" for way in ("UL", "DL") for number in range(1, 10))
SHORT = "MR.LteScRSRP MR.LteScPci MR.LteNcPci MR.LteNcRSRP"
UE = 'MmeUeS1apId="67108864" MmeGroupId="33" MmeCode="1" TimeStamp="2026-01-31T08:00:01.280"'


def _file(*blocks: str, station: str = 'id="500001"') -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<bulkPmMrDataFile><fileHeader fileFormatVersion="V1.0" '
        'reportTime="2026-01-31T08:16:00.000" startTime="2026-01-31T08:00:00.000" endTime="2026-01-31T08:15:00.000" '
        f'period="15" jobid="1"/><eNB {station}>{"".join(blocks)}</eNB></bulkPmMrDataFile>'
    )


def _block(columns: str, *objects: str, name: str = "") -> str:
    return f"<measurement{name}><smr>{columns}</smr>{''.join(objects)}</measurement>"


def _object(*values: str, cell: str = 'id="2"', about: str = UE) -> str:
    return f"<object {cell} {about}>{''.join(f'<v>{value}</v>' for value in values)}</object>"


def _values(columns: str, **said: str) -> str:
    """Values in the order of the columns, NIL for what is not said; a blank at the end, as vendors write it."""
    return "".join(f"{said.get(column.removeprefix('MR.'), 'NIL')} " for column in columns.split())


def _read(content: str, folder: Path, agreed: Contract = MRO) -> Outcome:
    return read_bytes(content.encode(), folder, agreed)


SAID = {
    "LteScRSRP": "44", "LteScRSRQ": "20", "LteScEarfcn": "1825", "LteScPci": "17", "LteScTadv": "3", "LteScPHR": "30",
    "LteScAOA": "101", "LteScSinrUL": "25", "LteNcEarfcn": "1825", "LteNcPci": "18", "LteNcRSRP": "0",
    "LteNcRSRQ": "34", "Longitude": "120.19", "Latitude": "30.26",
}  # fmt: skip


@pytest.mark.parametrize(
    ("columns", "dialect"), [(HUAWEI_2016, "huawei"), (ZTE_2016, "zte"), (MRO_2015, "old"), (HUAWEI_2016, "bare")]
)
def test_a_sample_says_the_same_in_every_dialect(tmp_path: Path, columns: str, dialect: str) -> None:
    cell = {"zte": 'MR.objectId="2"', "old": f'id="{500_001 * 256 + 2}"'}.get(dialect, 'id="2"')
    about = UE if dialect != "zte" else " ".join(f"MR.{word}" for word in UE.split())
    station = 'MR.eNBId="500001"' if dialect == "zte" else 'id="500001" userLabel="杭州西湖"'
    named = columns.replace("MR.", "") if dialect == "bare" else columns
    content = _file(_block(named, _object(_values(columns, **SAID), cell=cell, about=about)), station=station)
    (row,) = _read(content, tmp_path).rows
    assert {name: value for name, value in row.items() if value and not name.startswith("source_")} == {
        "enodeb_id": "500001", "cell_id": "2", "connection_id": "33-1-67108864",
        "period_started_at": "2026-01-31T08:00:00.000", "period_ended_at": "2026-01-31T08:15:00.000",
        "report_number": "1", "neighbour_number": "1", "sampled_at": "2026-01-31T08:00:01.280",
        "serving_earfcn": "1825", "serving_pci": "17", "serving_rsrp_dbm": "-97", "serving_rsrq_db": "-10.0",
        "timing_advance_m": "234.21", "angle_of_arrival_deg": "50.5", "power_headroom_db": "7", "uplink_sinr_db": "14",
        "neighbour_earfcn": "1825", "neighbour_pci": "18", "neighbour_rsrp_dbm": "-141", "neighbour_rsrq_db": "-3.0",
    }  # fmt: skip


def test_positions_of_users_are_never_read(tmp_path: Path) -> None:
    got = _read(_file(_block(HUAWEI_2016, _object(_values(HUAWEI_2016, **SAID)))), tmp_path)
    assert not {"120.19", "30.26"} & {str(value) for row in got.rows for value in row.values()}


def test_each_neighbour_is_a_row_and_nil_is_null(tmp_path: Path) -> None:
    block = _block(SHORT, _object("44 17 18 30", "44 17 19 NIL", "44 17 NIL NIL"), _object("45 17 18 31"))
    got = _read(_file(block), tmp_path)
    assert [
        (row["report_number"], row["neighbour_number"], row["neighbour_pci"], row["neighbour_rsrp_dbm"])
        for row in got.rows
    ] == [("1", "1", "18", "-111"), ("1", "2", "19", None), ("1", "3", None, None), ("2", "1", "18", "-110")]
    assert got.numbers == [1, 2, 3, 4]
    assert got.faults == {}


def test_blocks_have_columns_of_their_own_and_interference_has_channel_and_subframe(tmp_path: Path) -> None:
    nobody = 'MmeUeS1apId="NIL" MmeGroupId="NIL" MmeCode="NIL" TimeStamp="2026-01-31T08:00:05.000"'
    content = _file(
        _block(SHORT, _object("44 17 18 30")),
        _block(LOSS, _object(" ".join(["5"] * 18))),
        _block("MR.LteScRIP", _object("113", cell='id="2:1825:7"', about=nobody)),
    )
    sample, interference = _read(content, tmp_path).rows
    assert (sample["earfcn"], sample["interference_level"]) == (None, None)
    said = {name: interference[name] for name in ("cell_id", "earfcn", "subframe_number", "interference_level")}
    assert said == {"cell_id": "2", "earfcn": "1825", "subframe_number": "7", "interference_level": "113"}
    assert (interference["connection_id"], interference["serving_pci"]) == (None, None)


@pytest.mark.parametrize(
    ("values", "fault"),
    [("44 17 18", RowFaultReason.UNPAIRED_RESULTS), ("44 17 18 30 5", RowFaultReason.UNPAIRED_RESULTS),
     ("NIL NIL NIL NIL", RowFaultReason.NOTHING_MEASURED), ("", RowFaultReason.NOTHING_MEASURED)],
)  # fmt: skip
def test_values_that_do_not_fit_their_columns_or_say_nothing_are_a_faulty_row(
    tmp_path: Path, values: str, fault: str
) -> None:
    got = _read(_file(_block(SHORT, _object("44 17 18 30", values), _object("45 17 18 30"))), tmp_path)
    assert got.faults == {2: fault}
    assert [row["serving_rsrp_dbm"] for row in got.rows] == ["-97", None, "-96"]
    assert {row["enodeb_id"] for row in got.rows} == {"500001"}


def test_no_column_stands_in_for_what_the_elements_say(tmp_path: Path) -> None:
    (row,) = _read(_file(_block("LteScRSRP cell_id", _object("44 9"))), tmp_path).rows
    assert (row["cell_id"], row["serving_rsrp_dbm"]) == ("2", "-97")


def test_a_report_without_values_is_a_faulty_row(tmp_path: Path) -> None:
    assert _read(_file(_block(SHORT, _object())), tmp_path).faults == {1: RowFaultReason.NOTHING_MEASURED}


@pytest.mark.parametrize(
    ("field", "word"),
    [("LteScRSRP", "98"), ("LteScRSRQ", "35"), ("LteScPHR", "64"), ("LteScTadv", "1283"), ("LteScPci", "504")],
)
def test_what_lies_outside_the_range_of_its_quantity_is_beyond_the_contract(
    tmp_path: Path, field: str, word: str
) -> None:
    below = str(int(word) - 1)
    values = (_values(HUAWEI_2016, **{**SAID, field: said}) for said in (word, below))
    bad, good = _read(_file(_block(HUAWEI_2016, _object(*values))), tmp_path).rows
    (agreed,) = (f for f in MRO.fields if field in f.aliases)
    assert float(good[agreed.name]) <= agreed.maximum < float(bad[agreed.name])


@pytest.mark.parametrize("word", ["-1", "4.5", "x", "４４", "1e2"])
def test_a_number_that_is_none_stays_as_written_for_its_row_to_be_refused(tmp_path: Path, word: str) -> None:
    (row,) = _read(_file(_block(SHORT, _object(f"{word} 17 18 30"))), tmp_path).rows
    assert row["serving_rsrp_dbm"] == word


def test_older_files_count_the_timing_advance_in_basic_units(tmp_path: Path) -> None:
    reader = Reader("mr_xml", {"table": "mro", "timing_advance": "basic_units"})
    agreed = replace(MRO, source=replace(MRO.source, readers=(reader,)))
    (row,) = _read(_file(_block("MR.LteScTadv", _object("48"))), tmp_path, agreed).rows
    assert float(row["timing_advance_m"]) == 234.21


@pytest.mark.parametrize(
    ("cell", "expected", "fault"),
    [('id="255"', "255", None), (f'id="{500_001 * 256 + 255}"', "255", None),
     (f'id="{500_002 * 256 + 1}"', "1", RowFaultReason.FOREIGN_CELL), ('id="NIL"', None, None),
     ('id="x"', "x", None), ('id="99999999999999999999"', "99999999999999999999", None)],
)  # fmt: skip
def test_a_cell_is_its_number_or_its_global_number(
    tmp_path: Path, cell: str, expected: str | None, fault: str | None
) -> None:
    (row,) = _read(_file(_block(SHORT, _object("44 17 18 30", cell=cell))), tmp_path).rows
    assert (row["enodeb_id"], row["cell_id"], row["row_fault"]) == ("500001", expected, fault)


def test_an_event_is_told_with_its_sample(tmp_path: Path) -> None:
    event = _object(_values(MRE_2015, **SAID), about=f'{UE} EventType="A3"')
    (row,) = _read(_file(_block(MRE_2015, event)), tmp_path, MRE).rows
    assert (row["event_type"], row["serving_rsrp_dbm"], row["neighbour_pci"]) == ("A3", "-97", "18")
    prefixed = _file(_block(MRE_2015, event.replace("EventType", "MR.EventType")))
    assert _read(prefixed, tmp_path, MRE).rows[0]["event_type"] == "A3"


RSRP = " ".join(f"MR.RSRP.{number:02d}" for number in range(48))


def test_a_statistic_is_a_row_per_bin_also_one_that_nobody_foresaw(tmp_path: Path) -> None:
    counts = " ".join(str(number) for number in range(48))
    content = _file(
        _block(RSRP, _object(counts, about=""), name=' mrName="MR.RSRP"'),
        _block(
            "MR.New.00 MR.New.01", _object("7 8 ", cell='MR.objectId="3:1825:4"', about=""), name=' mrName="MR.New"'
        ),
    )
    got = _read(content, tmp_path, MRS)
    assert len(got.rows) == 50
    assert got.cells[1] == (
        "500001", "2", "2026-01-31T08:00:00.000", "2026-01-31T08:15:00.000", None, None, "RSRP", "RSRP.01", "1",
    )  # fmt: skip
    assert got.cells[49][1:2] + got.cells[49][4:] == ("3", "1825", "4", "New", "New.01", "8")
    assert got.numbers == list(range(1, 51))


def test_counts_that_do_not_fit_their_bins_are_one_faulty_row(tmp_path: Path) -> None:
    objects = (_object("1 2", about=""), _object("1 2 3", about=""), _object("", about=""))
    got = _read(_file(_block("MR.A.0 MR.A.1 MR.A.2", *objects, name=' mrName="MR.A"')), tmp_path, MRS)
    assert got.faults == {1: RowFaultReason.UNPAIRED_RESULTS, 5: RowFaultReason.NOTHING_MEASURED}
    assert [row["sample_count"] for row in got.rows] == ["1 2", "1", "2", "3", None]


STATISTIC = _block(RSRP, name=' mrName="MR.RSRP"')
EVENT = _block(SHORT, _object("44 17 18 30", about='EventType="A2"'))


@pytest.mark.parametrize(
    ("content", "agreed", "detail"),
    [(_file(STATISTIC), MRO, "line 2: statistics (MRS), not mro"),
     (_file(STATISTIC), MRE, "line 2: statistics (MRS), not mre"),
     (_file(_block(SHORT)), MRS, "line 2: samples (MRO or MRE), not mrs"),
     (_file(EVENT), MRO, "line 2: an event (MRE), not mro"),
     (_file("<measurement><object/></measurement>"), MRO, "line 2: an object before its smr"),
     (_file().replace("fileHeader", "head"), MRO, "fileHeader is missing"),
     (_file(_block(SHORT, _object("1"))).replace("fileHeader", "head"), MRO, "fileHeader is missing"),
     (_file().replace("eNB", "gNB"), MRO, "eNB is missing"),
     (_file().replace("bulkPmMrDataFile", "measCollecFile"), MRO, "the root is none of bulkPmMrDataFile"),
     ("<x/>", MRO, "the root is none of bulkPmMrDataFile")],
)  # fmt: skip
def test_a_file_of_another_build_or_table_is_refused(
    tmp_path: Path, content: str, agreed: Contract, detail: str
) -> None:
    got = _read(content, tmp_path, agreed)
    assert (got.fault, got.detail) == (FileFaultReason.WRONG_STRUCTURE, detail)


def test_a_namespace_is_named(tmp_path: Path) -> None:
    got = _read(_file().replace("<bulkPmMrDataFile", '<bulkPmMrDataFile xmlns="urn:x"'), tmp_path)
    assert (got.fault, got.detail) == (
        FileFaultReason.WRONG_STRUCTURE,
        "bulkPmMrDataFile in a namespace; it has none",
    )


def test_a_column_nobody_declared_and_one_that_comes_twice_are_told_by_place(tmp_path: Path) -> None:
    unknown = _read(_file(_block("MR.LteScRSRP MR.Imsi")), tmp_path)
    assert (unknown.fault, unknown.detail) == (FileFaultReason.UNKNOWN_COLUMN, "line 2: column 2 of 2")
    twice = _read(_file(_block("MR.LteScRSRP LteScPci LteScRSRP")), tmp_path)
    assert (twice.fault, twice.detail) == (FileFaultReason.REPEATED_COLUMN, "line 2: column 3 of 3")


@pytest.mark.parametrize("agreed", [MRO, MRS])
def test_a_report_file_cut_anywhere_never_counts_a_row(tmp_path: Path, agreed: Contract) -> None:
    name = ' mrName="MR.A"' if agreed is MRS else ""
    content = _file(_block(SHORT, *[_object("44 17 18 30")] * 3, name=name))
    assert len(_read(content, tmp_path, agreed).rows) == (12 if agreed is MRS else 3)
    faults = {_read(content[:end], tmp_path, agreed).fault for end in range(60, len(content), 11)}
    assert None not in faults


def test_a_document_type_is_refused(tmp_path: Path) -> None:
    declared = _file().replace("<bulk", '<!DOCTYPE a [<!ENTITY x "y">]><bulk', 1)
    assert _read(declared, tmp_path).fault == FileFaultReason.DOCTYPE


def test_vendors_archives_of_many_files_are_one_delivery(tmp_path: Path) -> None:
    files = [_file(_block(SHORT, _object("44 17 18 30")), station=f'id="{number}"') for number in (7, 5, 6)]
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, content in enumerate(files):
            archive.writestr(f"MRO_{number}.xml", content)
    got = read_bytes(out.getvalue(), tmp_path, MRO)
    assert [(row["source_row_number"], row["enodeb_id"]) for row in got.rows] == [(1, "7"), (2, "5"), (3, "6")]
    assert len(read_bytes(gzip.compress(files[0].encode()), tmp_path, MRO).rows) == 1


def test_no_more_of_a_user_is_carried_on_than_a_token_and_a_ring() -> None:
    for agreed in (MRO, MRE):
        kinds = {field.name: field.treatment.kind for field in agreed.fields}
        assert kinds["connection_id"] == "token"
        assert kinds["sampled_at"] == "drop"
        assert "mr_connection" in agreed.token_domains
    kinds = {field.name: field.treatment.kind for field in MRO.fields}
    assert (kinds["timing_advance_m"], kinds["angle_of_arrival_deg"]) == ("band", "drop")
