"""The wide table in DuckDB, in SQL alone: HMAC-SHA-256 from its `sha256`, as ours is made from Spark's.

The same tokens, masks, squares and bands as ours, of the same normal form. DuckDB encrypts no single values, so there is
no vault: a sealed column is its token, as in our desensitised table. See measured.py.
"""

from pathlib import Path

import duckdb

from tests.bench.partners.measured import Keys, main

_FULL_WIDTH = "".join(chr(code) for code in range(0xFF01, 0xFF5F)) + "\u3000\u00a0"
_HALF_WIDTH = "".join(chr(code) for code in range(0x21, 0x7F)) + "  "
_INVISIBLE = "[\u200b-\u200f\u2060\ufeff]"

# `||` joins blobs with blobs only, hence encode and unhex. `translate` reads its two alphabets again for each row, so
# only rows that need it come there: a third of all time otherwise.
MACROS = """
CREATE MACRO half_width(v) AS CASE WHEN regexp_matches(v, getvariable('is_full_width'))
    THEN translate(v, getvariable('full_width'), getvariable('half_width')) ELSE v END;
CREATE MACRO plain_text(v) AS trim(CASE WHEN strlen(v) = length(v) THEN v
    ELSE regexp_replace(half_width(v), getvariable('invisible'), '', 'g') END);
CREATE MACRO token(v, inner_block, outer_block) AS
    left(sha256(outer_block || unhex(sha256(inner_block || encode(plain_text(v))))), 32);
CREATE MACRO masked(v, head, tail) AS CASE
    WHEN length(v) > head + tail
        THEN left(v, head) || repeat('*', greatest(length(v) - head - tail, 1)) || right(v, tail)
    ELSE repeat('*', length(v)) END;
"""
DESENSITISE = """
COPY (SELECT
    token(customer_id, getvariable('inner_customer'), getvariable('outer_customer')) AS customer_key,
    token(resident_id, getvariable('inner_resident'), getvariable('outer_resident')) AS resident_key,
    token(card, getvariable('inner_transaction'), getvariable('outer_transaction')) AS card_key,
    masked(plain_text(full_name), 1, 0) AS full_name,
    masked(plain_text(contact), 3, 4) AS contact,
    token(mobile, getvariable('inner_phone'), getvariable('outer_phone')) AS mobile_key,
    round((floor(latitude / (1000 / 111320)) + 0.5) * (1000 / 111320), 6) AS latitude,
    CASE WHEN age < 18 THEN '<18' WHEN age < 30 THEN '18-29' WHEN age < 40 THEN '30-39' WHEN age < 50 THEN '40-49'
        WHEN age < 60 THEN '50-59' WHEN age >= 60 THEN '>=60' END AS age_band,
    region_code, product_code, quantity, amount_cny,
    batch_id, source_file_sha256, source_row_number, ingested_at, arrival_date
FROM read_parquet(getvariable('wide_table'))) TO '{out}' (FORMAT parquet, COMPRESSION snappy)
"""


def desensitise(table: Path, out: Path, keys: Keys) -> None:
    said = {
        "wide_table": str(table), "full_width": _FULL_WIDTH, "half_width": _HALF_WIDTH,
        "is_full_width": f"[{_FULL_WIDTH}]", "invisible": _INVISIBLE,
    }  # fmt: skip
    blocks = {
        f"{side}_{domain}": block
        for domain in ("customer", "resident", "transaction", "phone")
        for side, block in zip(("inner", "outer"), keys.blocks(domain), strict=True)
    }
    with duckdb.connect() as connection:
        for name, value in {**said, **blocks}.items():
            connection.execute(f"SET VARIABLE {name} = $1", [value])
        connection.execute(MACROS)
        connection.execute(DESENSITISE.format(out=out))


if __name__ == "__main__":
    main(desensitise)
