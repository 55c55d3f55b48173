"""The wide table: its contract, made-up rows of it in raw, and what is done with them."""

from datetime import UTC, date, datetime
from pathlib import Path

from pyspark.sql import functions as F

from contracts.loading import load_file
from contracts.model import Contract
from jobs.desensitise.run import VAULT_COLUMNS, desensitised, sealed
from jobs.storage.keys import KeyFiles
from jobs.storage.lake import Lake
from jobs.storage.zones import Zone

WIDE = """
apiVersion: v3.2.0
kind: DataContract
id: crm.wide
name: wide
version: 1.0.0
status: active
domain: crm
description: {purpose: One row per customer of the benchmark.}
schema:
  - name: wide
    businessName: 宽表
    physicalType: table
    description: Twelve columns, of which three become tokens, two are masked, one is sealed, one gridded, one banded.
    properties:
COLUMNS
slaProperties: [{property: retention, value: 1, unit: d}]
customProperties:
  - {property: accountable, value: {in_charge: a, operates: b, uses: [c], connects: d}}
  - property: document_control
    value: {prepared_by: a, reviewed_by: b, approved_by: c, changes: [{version: 1.0.0, date: "2026-11-24", change: First.}]}
  - {property: source, value: {timezone: Asia/Shanghai, readers: [{kind: csv, encodings: [utf-8]}]}}
"""
COLUMNS = [
    ("customer_id", "string", "{kind: token, domain: customer, becomes: customer_key}"),
    ("resident_id", "string", "{kind: token, domain: resident, becomes: resident_key}"),
    ("card", "string", "{kind: token, domain: transaction, becomes: card_key}"),
    ("full_name", "string", "{kind: mask, head: 1, tail: 0}"),
    ("contact", "string", "{kind: mask, head: 3, tail: 4}"),
    ("mobile", "string", "{kind: seal, domain: phone, becomes: mobile_key}"),
    ("latitude", "number", "{kind: grid, metres: 1000, axis: latitude}"),
    ("age", "integer", "{kind: band, edges: [18, 30, 40, 50, 60], becomes: age_band}"),
    ("region_code", "string", "{kind: keep}"),
    ("product_code", "string", "{kind: keep}"),
    ("quantity", "integer", "{kind: keep}"),
    ("amount_cny", "number", "{kind: keep}"),
]


#: The others are of no kind, so that only what every text goes through is measured.
IDENTIFIERS = {"latitude": "coordinate"}


def contract(folder: Path) -> Contract:
    """The wide table of the design's section 7, declared below `folder`."""
    key = "        primaryKey: true\n"
    columns = "".join(
        f"      - name: {name}\n        businessName: 列\n        description: Column {name}.\n        logicalType: {kind}\n"
        f"        required: true\n{key if name == 'customer_id' else ''}        classification: sensitive\n"
        f"        customProperties: [{identifier(name)}{{property: treatment, value: {treatment}}}]\n"
        for name, kind, treatment in COLUMNS
    )
    path = folder / "crm" / "wide.odcs.yaml"
    path.parent.mkdir()
    path.write_text(WIDE.replace("COLUMNS\n", columns), encoding="utf-8")
    return load_file(path)


def identifier(column: str) -> str:
    return f"{{property: identifier, value: {IDENTIFIERS[column]}}}, " if column in IDENTIFIERS else ""


def made(lake: Lake, contract: Contract, rows: int, batch_id: str) -> None:
    """Rows of made-up values in raw, without Python seeing one."""
    number = F.col("id")
    frame = lake.spark.range(rows).select(
        F.concat(F.lit("C"), number).alias("customer_id"),
        F.concat(F.lit("33010619900101"), F.lpad(number % 10_000, 4, "0")).alias("resident_id"),
        F.concat(F.lit("6222"), F.lpad(number, 15, "0")).alias("card"),
        F.lit("欧阳测试").alias("full_name"),
        F.concat(F.lit("139"), F.lpad(number % 100_000_000, 8, "0")).alias("contact"),
        F.concat(F.lit("138"), F.lpad(number % 100_000_000, 8, "0")).alias("mobile"),
        (F.lit(30.0) + (number % 1000) / 1000).alias("latitude"),
        (number % 90).alias("age"),
        F.lit("330100").alias("region_code"),
        F.lit("P01").alias("product_code"),
        (number % 9 + 1).alias("quantity"),
        (number % 500 + 0.5).alias("amount_cny"),
        F.lit(batch_id).alias("batch_id"),
        F.lit("0" * 64).alias("source_file_sha256"),
        number.alias("source_row_number"),
        F.lit(datetime(2026, 1, 31, tzinfo=UTC)).alias("ingested_at"),
        F.lit(date(2026, 1, 31)).alias("arrival_date"),
    )
    lake.replace_batch(Zone.RAW, contract.table, contract.raw_columns, batch_id, frame)


def treat(lake: Lake, contract: Contract, keys: KeyFiles, batch_id: str, *, table: str) -> None:
    rows = lake.read(Zone.RAW, contract.table, batch_id)
    safe = desensitised(rows, contract, keys.frame(lake.spark, dict.fromkeys(contract.token_domains, 1)))
    lake.replace_batch(Zone.DESENSITISED, table, contract.desensitised_columns, batch_id, safe)


def copy(lake: Lake, contract: Contract, batch_id: str) -> None:
    lake.replace_batch(
        Zone.RAW, "copied", contract.raw_columns, batch_id, lake.read(Zone.RAW, contract.table, batch_id)
    )


def vault(lake: Lake, contract: Contract, keys: KeyFiles, batch_id: str) -> None:
    rows = sealed(
        lake.read(Zone.RAW, contract.table, batch_id),
        contract,
        keys.frame(lake.spark, dict.fromkeys(contract.token_domains, 1)),
    )
    lake.replace_batch(Zone.VAULT, contract.table, VAULT_COLUMNS, batch_id, rows)
