"""The scanner finds a planted person in every kind of file and under every disguise, and nobody else."""

import hashlib
import json
import time
import zlib
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from urllib.parse import quote, quote_plus

import pyarrow as pa
import pytest

from infra.demo import people
from jobs.prove.disguises import Kind, Secret
from jobs.prove.matching import Matcher
from jobs.prove.planting import people_secrets
from jobs.prove.scanner import Scan, files_below, scan
from jobs.prove.values import keys_and_passwords
from jobs.storage.keys import padded_blocks
from tests.leaks.places import PLACES, in_log, write_parquet

PERSON, STRANGER = people.canary(11), people.canary(12)
MATCHER = Matcher(people_secrets([PERSON]))
TEXTS = ("name", "mobile", "resident_id", "email", "address", "card")


def scanned(folder: Path, matcher: Matcher = MATCHER) -> Scan:
    found = scan(files_below(folder), folder, matcher)
    assert found.files, "an empty folder would prove nothing"
    return found


def labels(*fields: str) -> set[str]:
    return {f"{field} of person 1" for field in fields}


def grouped(number: str) -> str:
    return " ".join((number[:3], number[3:7], number[7:]))


# --- disguises ---

DISGUISES: dict[str, Callable[[str], bytes]] = {
    "UTF-8": lambda value: value.encode(),
    "UTF-8 with a byte-order mark": lambda value: value.encode("utf-8-sig"),
    "GBK": lambda value: value.encode("gb18030"),
    "UTF-16LE": lambda value: value.encode("utf-16-le"),
    "UTF-16BE": lambda value: value.encode("utf-16-be"),
    "JSON": lambda value: json.dumps({"v": value}).encode(),
    "JSON in JSON": lambda value: json.dumps(json.dumps([value])).encode(),
    "JSON, capitals": lambda value: json.dumps(value).encode().upper().replace(b"\\U", b"\\u"),
    "URL": lambda value: quote(value).encode(),
    "form field": lambda value: quote_plus(value).lower().encode(),
    "XML": lambda value: value.encode("ascii", "xmlcharrefreplace"),
    "a dump of bytes": lambda value: repr(value.encode()).encode(),
    "hex": lambda value: value.encode().hex().encode(),
    "hex, capitals": lambda value: value.encode("gb18030").hex().upper().encode(),
    **{
        f"base64 after {before} bytes": lambda value, before=before: b64encode(b"." * before + value.encode() + b" ...")
        for before in range(4)
    },
    "base64 for URLs": lambda value: urlsafe_b64encode(value.encode("utf-16-le")),
    **{
        algorithm: lambda value, algorithm=algorithm: hashlib.new(algorithm, value.encode()).hexdigest().encode()
        for algorithm in ("md5", "sha1", "sha256", "sha512", "sm3")
    },
    "sha256, cut": lambda value: hashlib.sha256(value.encode()).hexdigest()[:32].upper().encode(),
    "sha256, as bytes": lambda value: hashlib.sha256(value.encode()).digest(),
    "full-width": lambda value: value.translate({code: code + 0xFEE0 for code in range(0x21, 0x7F)}).encode(),
    "capitals": lambda value: value.upper().encode(),
    "small letters": lambda value: value.lower().encode(),
}  # fmt: skip


@pytest.mark.parametrize("disguise", DISGUISES)
def test_every_disguise_is_seen_through(tmp_path: Path, disguise: str):
    for field in TEXTS:
        value = str(people_secrets([PERSON])[TEXTS_AT[field]].value)
        (tmp_path / field).write_bytes(b"before " + DISGUISES[disguise](value) + b" behind")
    assert scanned(tmp_path).labels == labels(*TEXTS)


@pytest.mark.parametrize("disguise", DISGUISES)
def test_no_stranger_is_taken_for_the_planted_person(tmp_path: Path, disguise: str):
    for field in TEXTS:
        (tmp_path / field).write_bytes(b"before " + DISGUISES[disguise](str(STRANGER[field])) + b" behind")  # type: ignore[literal-required]
    assert scanned(tmp_path).hits == set()


TEXTS_AT = {secret.label.split()[0]: place for place, secret in enumerate(people_secrets([PERSON]))}

SPELLINGS: dict[str, Callable[[str], str]] = {
    "blanks": grouped,
    "hyphens": lambda mobile: grouped(mobile).replace(" ", "-"),
    "dots": lambda mobile: grouped(mobile).replace(" ", "."),
    "country code": lambda mobile: f"(+86){mobile}",
    "zero-width space": lambda mobile: grouped(mobile).replace(" ", "\u200b"),
    "lines": lambda mobile: grouped(mobile).replace(" ", "\r\n"),
    "a float of Python": lambda mobile: str(float(mobile)),
    "a double of Java": lambda mobile: f"{mobile[0]}.{mobile[1:].rstrip('0')}E10",
    "hash with country code": lambda mobile: hashlib.sha256(f"+86{mobile}".encode()).hexdigest(),
}


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_a_number_is_found_however_it_is_written(tmp_path: Path, spelling: str):
    (tmp_path / "log").write_text(f"row 1: {SPELLINGS[spelling](PERSON['mobile'])} rejected", encoding="utf-8")
    assert scanned(tmp_path).labels == labels("mobile")
    (tmp_path / "log").write_text(f"row 1: {SPELLINGS[spelling](STRANGER['mobile'])} rejected", encoding="utf-8")
    assert scanned(tmp_path).hits == set()


def test_a_resident_id_is_found_in_its_old_form(tmp_path: Path):
    old = PERSON["resident_id"][:6] + PERSON["resident_id"][8:17]
    (tmp_path / "log").write_text(f"row 1: {old} and {hashlib.sha256(old.encode()).hexdigest()}", encoding="utf-8")
    found = scanned(tmp_path)
    assert found.labels == labels("resident_id")
    assert {hit.disguise for hit in found.hits} == {"UTF-8", "sha256", "separated"}


@pytest.mark.parametrize("text", ["{:.4f}", "{:.5f}", "{:.6f}", "{}", "POINT({} 0)", "{}0000001", "1:{}", '{{"x":{}}}'])
def test_a_position_is_found_from_four_decimals_on(tmp_path: Path, text: str):
    (tmp_path / "log").write_text(f"at {text.format(PERSON['longitude'])}, done", encoding="utf-8")
    assert scanned(tmp_path).labels == labels("longitude")


@pytest.mark.parametrize("text", ["{:.3f}", "{:.2f}", "9{}", "2026-11-26 06:59:{}"])
def test_a_coarse_position_and_the_end_of_another_number_are_none(tmp_path: Path, text: str):
    (tmp_path / "log").write_text(f"at {text.format(PERSON['longitude'])}, done", encoding="utf-8")
    assert scanned(tmp_path).hits == set()


# --- kinds of file ---


@pytest.mark.parametrize("place", PLACES)
def test_a_phone_is_found_in(tmp_path: Path, place: str):
    PLACES[place](tmp_path / "file", PERSON)
    found = scanned(tmp_path)
    assert found.labels == labels("mobile")
    assert found.undecoded == []
    assert PERSON["mobile"] not in found.report()


@pytest.mark.parametrize("place", PLACES)
def test_no_other_phone_is_found_in(tmp_path: Path, place: str):
    PLACES[place](tmp_path / "file", STRANGER)
    assert scanned(tmp_path).hits == set()


def test_a_position_is_found_in_columns_of_numbers(tmp_path: Path):
    longitude = PERSON["longitude"]
    columns = {
        "exact": pa.array([[0.0, longitude]]),
        "rounded": pa.array([[round(longitude, 4), None]]),
        "decimal": pa.array([Decimal(str(longitude))], pa.decimal128(9, 6)),
        "coarse": pa.array([[round(longitude, 3)]]),
    }
    for name, column in columns.items():
        write_parquet(tmp_path / name, pa.table({"c": column}))
    found = scanned(tmp_path)
    assert {hit.file for hit in found.hits} == set(columns) - {"coarse"}
    assert found.labels == labels("longitude")


# --- keys and passwords ---


def test_a_key_is_found_however_it_is_written(tmp_path: Path):
    key = bytes(range(200, 232))
    store = tmp_path / "home" / "keys" / "token" / "customer" / "v1.key"
    store.parent.mkdir(parents=True)
    store.write_bytes(padded_blocks(key))
    (tmp_path / "home" / "secrets").mkdir()
    (tmp_path / "home" / "secrets" / "connect_token").write_text("s3cret-token\n", encoding="ascii")
    matcher = Matcher(keys_and_passwords(tmp_path / "home"))
    inner = padded_blocks(key)[:32]
    written = {
        "stored": padded_blocks(key),
        "hex": b"X'" + inner.hex().upper().encode() + b"'",
        "shown by Spark": f"[{inner.hex(' ').upper()}]".encode(),
        "base64": b64encode(b"{" + key),
        "list": str(list(key)).encode(),
        "escaped": repr(key).encode(),
        "token": b"Bearer s3cret-token",
    }
    for name, content in written.items():
        (tmp_path / "sink" / name).parent.mkdir(exist_ok=True)
        (tmp_path / "sink" / name).write_bytes(content)
    found = scanned(tmp_path / "sink", matcher)
    assert {hit.file for hit in found.hits} == set(written)
    assert found.labels == {
        "token key customer", "token key customer (outer block)", "token key customer (unpadded)", "secret connect_token",
    }  # fmt: skip
    assert scanned(tmp_path / "home", matcher).labels == found.labels - {"token key customer (unpadded)"}


# --- the scanner itself ---


def test_bytes_that_begin_like_a_compressed_stream_by_chance_are_no_cut_one(tmp_path: Path):
    chance = hashlib.shake_256(b"encrypted").digest(5000)
    for number, head in enumerate((b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda", b"\x1f\x8b")):
        (tmp_path / f"shuffle_{number}.data").write_bytes(head + chance)
    whole = zlib.compress(hashlib.shake_256(b"rows").digest(5000))
    (tmp_path / "cut.data").write_bytes(whole[:-100])
    (tmp_path / "short.data").write_bytes(zlib.compress(b"x"))
    found = scanned(tmp_path)
    assert found.undecoded == ["cut.data: EOFError"]


def test_a_file_that_cannot_be_decoded_is_searched_as_bytes_and_named(tmp_path: Path):
    (tmp_path / "cut.parquet").write_bytes(b"PAR1" + PERSON["mobile"].encode())
    found = scanned(tmp_path)
    assert found.labels == labels("mobile")
    assert found.undecoded == ["cut.parquet: ArrowInvalid"]


def test_a_report_holds_neither_value_nor_file_name(tmp_path: Path):
    in_log(tmp_path / f"客户{PERSON['mobile']}.log", PERSON)
    report = scanned(tmp_path).report()
    assert "mobile of person 1" in report
    assert PERSON["mobile"] not in report
    assert PERSON["mobile"] not in repr(MATCHER) + repr(people_secrets([PERSON]))


def test_a_search_for_nothing_is_an_error():
    with pytest.raises(ValueError, match="no secret"):
        Matcher([])


def test_a_value_that_is_found_everywhere_by_chance_is_refused():
    with pytest.raises(ValueError, match="by chance"):
        Matcher([Secret("a short word", Kind.TEXT, "ab")])


def test_fifteen_megabytes_of_strangers_are_searched_in_seconds(tmp_path: Path):
    strangers = (people.canary(13, number) for number in range(2_000))
    lines = [json.dumps(one, ensure_ascii=False) for one in strangers if one["name"] != PERSON["name"]]
    (tmp_path / "log").write_text("\n".join(lines * 25), encoding="utf-8")
    began = time.monotonic()
    assert scanned(tmp_path).hits == set()
    assert time.monotonic() - began < 30, "a quiet machine needs one second"
