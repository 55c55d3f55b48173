"""The wide table in presidio-structured, which is told what each column holds, so it looks for nothing.

Tokens are its `hash`: one SHA-256 of the value with our key as salt, 64 digits; HMAC takes two. Its `mask` hides one end, so
the last digits of `contact` are hidden too. It has nothing for numbers: pandas makes squares and bands. No normal form.
The vault is its `encrypt`, AES in CBC mode, which authenticates nothing. See measured.py.
"""

from pathlib import Path

import numpy as np
import pandas as pd
from presidio_anonymizer.entities import OperatorConfig
from presidio_structured import StructuredEngine
from presidio_structured.config import StructuredAnalysis

from tests.bench.partners.measured import Keys, main

_DOMAINS = {"customer_id": "customer", "resident_id": "resident", "card": "transaction", "mobile": "phone"}
_BECOMES = {
    "customer_id": "customer_key", "resident_id": "resident_key", "card": "card_key", "mobile": "mobile_key",
    "age": "age_band",
}  # fmt: skip
_TECHNICAL = ["batch_id", "source_file_sha256", "source_row_number", "ingested_at", "arrival_date"]
_SQUARE_DEGREES = 1000 / 111_320
_EDGES = [-np.inf, 18, 30, 40, 50, 60, np.inf]
_BANDS = ["<18", "18-29", "30-39", "40-49", "50-59", ">=60"]


def hashed(domain: str, keys: Keys) -> OperatorConfig:
    return OperatorConfig("hash", {"hash_type": "sha256", "salt": keys.token(domain)})


def stars(characters: int) -> OperatorConfig:
    return OperatorConfig("mask", {"masking_char": "*", "chars_to_mask": characters, "from_end": True})


def treated(rows: pd.DataFrame, operators: dict[str, OperatorConfig]) -> pd.DataFrame:
    """Each column by the operator of its name: the name serves as its kind of entity."""
    return StructuredEngine().anonymize(rows, StructuredAnalysis({name: name for name in operators}), operators)


def desensitise(table: Path, out: Path, keys: Keys) -> None:
    rows = pd.read_parquet(table)
    hashes = {column: hashed(domain, keys) for column, domain in _DOMAINS.items()}
    safe = treated(rows, {**hashes, "full_name": stars(3), "contact": stars(8)})
    safe["latitude"] = ((np.floor(safe["latitude"] / _SQUARE_DEGREES) + 0.5) * _SQUARE_DEGREES).round(6)
    safe["age"] = pd.cut(safe["age"], _EDGES, right=False, labels=_BANDS).astype(str)
    safe.rename(columns=_BECOMES).to_parquet(out, compression="snappy")


def vault(table: Path, out: Path, keys: Keys) -> None:
    rows = pd.read_parquet(table, columns=["mobile", *_TECHNICAL])
    rows["sealed"] = rows["mobile"]
    sealing = OperatorConfig("encrypt", {"key": keys.seal("phone")})
    safe = treated(rows, {"mobile": hashed("phone", keys), "sealed": sealing})
    safe.rename(columns={"mobile": "token"}).assign(field="mobile", domain="phone", key_version=1).to_parquet(
        out, compression="snappy"
    )


if __name__ == "__main__":
    main(desensitise, vault)
