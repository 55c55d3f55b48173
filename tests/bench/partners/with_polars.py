"""The wide table in Polars, tokens by Python's `hmac` for each value, everything else by native expressions.

The same tokens, masks, squares and bands as ours, of the same normal form. The vault is one too: AES-256-GCM by the
package cryptography, bound to the same place. See measured.py.
"""

import hashlib
import hmac
import os
from pathlib import Path

import polars as pl
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.bench.partners.measured import Keys, main

_FULL_WIDTH = [*(chr(code) for code in range(0xFF01, 0xFF5F)), "\u3000", "\u00a0"]
_HALF_WIDTH = [*(chr(code) for code in range(0x21, 0x7F)), " ", " "]
_INVISIBLE = "[\u200b-\u200f\u2060\ufeff]"
_SQUARE_DEGREES = 1000 / 111_320
_TECHNICAL = ("batch_id", "source_file_sha256", "source_row_number", "ingested_at", "arrival_date")
_IV_BYTES = 12


def plain_text(column: str) -> pl.Expr:
    value = pl.col(column)
    changed = value.str.replace_many(_FULL_WIDTH, _HALF_WIDTH).str.replace_all(_INVISIBLE, "")
    is_ascii = value.str.len_bytes() == value.str.len_chars()
    return pl.when(is_ascii).then(value).otherwise(changed).str.strip_chars(" ")


def token(column: str, key: bytes) -> pl.Expr:
    def of(value: str) -> str:
        return hmac.new(key, value.encode(), hashlib.sha256).digest()[:16].hex()

    return plain_text(column).map_elements(of, return_dtype=pl.String)


def mask(column: str, *, head: int, tail: int) -> pl.Expr:
    value = plain_text(column)
    length = value.str.len_chars().cast(pl.Int64)
    stars = pl.lit("*").repeat_by(pl.max_horizontal(length - head - tail, 1)).list.join("")
    shown = pl.concat_str(value.str.head(head), stars, value.str.tail(tail))
    return pl.when(length > head + tail).then(shown).otherwise(pl.lit("*").repeat_by(length).list.join(""))


def grid(column: str) -> pl.Expr:
    return (((pl.col(column) / _SQUARE_DEGREES).floor() + 0.5) * _SQUARE_DEGREES).round(6)


def band(column: str) -> pl.Expr:
    age = pl.col(column)
    return (
        pl.when(age < 18).then(pl.lit("<18"))
        .when(age < 30).then(pl.lit("18-29"))
        .when(age < 40).then(pl.lit("30-39"))
        .when(age < 50).then(pl.lit("40-49"))
        .when(age < 60).then(pl.lit("50-59"))
        .when(age >= 60).then(pl.lit(">=60"))
    )  # fmt: skip


def desensitise(table: Path, out: Path, keys: Keys) -> None:
    safe = pl.read_parquet(table).select(
        token("customer_id", keys.token("customer")).alias("customer_key"),
        token("resident_id", keys.token("resident")).alias("resident_key"),
        token("card", keys.token("transaction")).alias("card_key"),
        mask("full_name", head=1, tail=0),
        mask("contact", head=3, tail=4),
        token("mobile", keys.token("phone")).alias("mobile_key"),
        grid("latitude"),
        band("age").alias("age_band"),
        "region_code", "product_code", "quantity", "amount_cny", *_TECHNICAL,
    )  # fmt: skip
    safe.write_parquet(out, compression="snappy")


def vault(table: Path, out: Path, keys: Keys) -> None:
    cipher = AESGCM(keys.seal("phone"))

    def sealed(row: dict[str, str]) -> bytes:
        iv = os.urandom(_IV_BYTES)
        return iv + cipher.encrypt(iv, row["mobile"].encode(), f"phone|mobile|1|{row['token']}".encode())

    rows = pl.read_parquet(table, columns=["mobile", *_TECHNICAL]).drop_nulls("mobile")
    hashed = rows.with_columns(token("mobile", keys.token("phone")).alias("token"))
    hashed.select(
        "token",
        pl.lit("mobile").alias("field"),
        pl.lit("phone").alias("domain"),
        pl.struct("mobile", "token").map_elements(sealed, return_dtype=pl.Binary).alias("sealed"),
        pl.lit(1, pl.Int32).alias("key_version"),
        *_TECHNICAL,
    ).write_parquet(out, compression="snappy")


if __name__ == "__main__":
    main(desensitise, vault)
