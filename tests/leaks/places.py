"""Files of every kind with one person's phone in a place of its own: what the scanner has to find its way into."""

import gzip
import json
import pickle
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from openpyxl import Workbook

from infra.demo.people import Canary

Place = Callable[[Path, Canary], None]


def write_parquet(path: Path, table: pa.Table, **how: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path, **{"compression": "snappy", **how})


def in_dictionary(path: Path, person: Canary) -> None:
    write_parquet(path, pa.table({"c": [person["mobile"]] * 5_000 + ["13000000000"] * 5_000}), use_dictionary=True)


def in_plain_pages(path: Path, person: Canary) -> None:
    write_parquet(path, pa.table({"c": [person["mobile"], None, "-"]}), use_dictionary=False, compression="zstd")


def in_nested_columns(path: Path, person: Canary) -> None:
    value = [{"deep": [{"phone": person["mobile"]}]}]
    write_parquet(path, pa.table({"c": [value], "m": pa.array([[("k", "v")]], pa.map_(pa.string(), pa.string()))}))


def in_a_map(path: Path, person: Canary) -> None:
    write_parquet(path, pa.table({"m": pa.array([[(person["mobile"], "v")]], pa.map_(pa.string(), pa.string()))}))


def in_whole_numbers(path: Path, person: Canary) -> None:
    write_parquet(path, pa.table({"c": [1, int(person["mobile"]), 2]}))


def in_decimals(path: Path, person: Canary) -> None:
    write_parquet(path, pa.table({"c": pa.array([int(person["mobile"])], pa.int64()).cast(pa.decimal128(20, 0))}))


def in_floats(path: Path, person: Canary) -> None:
    write_parquet(path, pa.table({"c": [0.5, float(person["mobile"]), None]}))


def in_blobs(path: Path, person: Canary) -> None:
    write_parquet(path, pa.table({"c": [person["mobile"].encode("utf-16-le")]}))


def in_footer_metadata(path: Path, person: Canary) -> None:
    write_parquet(path, pa.table({"c": [1]}).replace_schema_metadata({"predicate": f"phone = {person['mobile']}"}))


def in_column_name(path: Path, person: Canary) -> None:
    write_parquet(path, pa.table({person["mobile"]: [1]}))


def in_delta_log(path: Path, person: Canary) -> None:
    stats = json.dumps({"numRecords": 1, "minValues": {"phone": person["mobile"]}})
    log = path.with_suffix("") / "_delta_log"
    log.mkdir(parents=True)
    (log / "00000000000000000000.json").write_text(json.dumps({"add": {"stats": stats}}), encoding="utf-8")


def in_delta_checkpoint(path: Path, person: Canary) -> None:
    add = [{"path": "part-0", "stats": json.dumps({"maxValues": {"phone": person["mobile"]}})}]
    write_parquet(path.with_suffix("") / "_delta_log" / "10.checkpoint.parquet", pa.table({"add": add}))


def in_partition_folder(path: Path, person: Canary) -> None:
    write_parquet(path.with_suffix("") / f"phone={person['mobile']}" / "part-0.parquet", pa.table({"c": [1]}))


def sqlite_file(path: Path, value: object) -> None:
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE log (id INTEGER, extra)")
        database.executemany("INSERT INTO log VALUES (?, ?)", [(1, None), (2, value), (3, 0.5), (4, b"\x78\x9cnone")])
    database.close()


def in_sqlite_text(path: Path, person: Canary) -> None:
    sqlite_file(path, "x" * 5_000 + person["mobile"])  # longer than a page


def in_sqlite_number(path: Path, person: Canary) -> None:
    sqlite_file(path, int(person["mobile"]))


def in_sqlite_pickle(path: Path, person: Canary) -> None:
    sqlite_file(path, pickle.dumps({"phones": [person["mobile"]]}))


def in_sqlite_zlib(path: Path, person: Canary) -> None:
    sqlite_file(path, zlib.compress(json.dumps({"phones": [person["mobile"]] * 3}).encode()))


def in_sqlite_deleted_row(path: Path, person: Canary) -> None:
    sqlite_file(path, person["mobile"])
    with sqlite3.connect(path) as database:
        database.execute("PRAGMA secure_delete = OFF")
        database.execute("DELETE FROM log WHERE id = 2")
    database.close()


def in_duckdb(path: Path, person: Canary) -> None:
    with duckdb.connect(str(path)) as database:
        database.execute("CREATE SCHEMA mart")
        database.execute('CREATE TABLE mart."odd name" AS SELECT i, {n: NULL, p: NULL} AS s FROM range(5000) t(i)')
        database.execute("CREATE TABLE mart.t AS SELECT i, [CAST(? + i AS VARCHAR)] AS v FROM range(5000) t(i)",
                         [int(person["mobile"]) - 4_321])  # fmt: skip


def in_gzip(path: Path, person: Canary) -> None:
    path.write_bytes(gzip.compress(f"Phone {person['mobile']} and much more".encode() * 3))


def in_zstd(path: Path, person: Canary) -> None:
    with pa.output_stream(str(path), compression="zstd") as out:
        out.write(f"Phone {person['mobile']} and much more".encode() * 3)


def in_zip(path: Path, person: Canary) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.txt", f"Phone {person['mobile']} and much more" * 3)


def in_zip_member_name(path: Path, person: Canary) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{person['mobile']}.txt", "")


def in_parquet_in_zip_in_gzip(path: Path, person: Canary) -> None:
    in_dictionary(path.with_suffix(".inner"), person)
    with zipfile.ZipFile(path.with_suffix(".zip"), "w") as archive:
        archive.write(path.with_suffix(".inner"), "inner.parquet")
    path.write_bytes(gzip.compress(path.with_suffix(".zip").read_bytes()))
    path.with_suffix(".inner").unlink()
    path.with_suffix(".zip").unlink()


def workbook(path: Path, plant: Callable[[Workbook], None]) -> None:
    book = Workbook()
    plant(book)
    book.save(path)


def in_workbook_cell(path: Path, person: Canary) -> None:
    workbook(path, lambda book: book.active.append(["x", person["mobile"]]))


def in_workbook_number(path: Path, person: Canary) -> None:
    workbook(path, lambda book: book.active.append([int(person["mobile"])]))


def in_workbook_sheet_name(path: Path, person: Canary) -> None:
    workbook(path, lambda book: book.create_sheet(person["mobile"]))


def in_workbook_author(path: Path, person: Canary) -> None:
    workbook(path, lambda book: setattr(book.properties, "creator", person["mobile"]))


def in_shuffle_block(path: Path, person: Canary) -> None:
    plain = f"row {person['mobile']} ".encode() * 20
    packed = pa.compress(plain, codec="lz4_raw", asbytes=True)
    halves = ((0x20, packed, len(plain)), (0x10, b"end", 3))
    blocks = (
        struct.pack("<8sBIII", b"LZ4Block", method | 5, len(data), size, 0) + data for method, data, size in halves
    )
    path.write_bytes(b"".join(blocks))


def in_log(path: Path, person: Canary) -> None:
    path.write_bytes(b"\xff\xfe\x00 half a log in GBK \xc4\xe3 " + f"电话{person['mobile']}".encode("gbk"))


def in_file_name(path: Path, person: Canary) -> None:
    path.with_name(f"客户{person['mobile']}.csv").touch()


def across_chunks(path: Path, person: Canary) -> None:
    path.write_bytes(b"." * ((4 << 20) - 5) + person["mobile"].encode() + b"." * 100)


def in_unexpected_values(path: Path, person: Canary) -> None:
    path.write_text(json.dumps({"result": {"partial_unexpected_list": [person["mobile"]]}}), encoding="utf-8")


PLACES: dict[str, Place] = {
    name: place for name, place in list(globals().items()) if name.startswith(("in_", "across_")) and callable(place)
}
