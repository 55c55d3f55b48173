"""Versions of a form: a name that means something else today is read into the field that it meant then."""

from dataclasses import replace
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from contracts.model import Contract, Field
from jobs.ingest.readers.batches import Chunk
from jobs.ingest.readers.faults import RowFaultReason


def in_todays_columns(chunk: Chunk, contract: Contract) -> Chunk:
    """The chunk with every answer in the field that it answers; one row in, one row out.

    An answer moves where its record names a version of `Field.moved_from`; no version named means today's. Where the
    field has an answer of its own too, both must agree.
    """
    version = chunk.columns.get(contract.source.version_column or "")
    movers = [field for field in contract.fields if field.moved_from and field.moved_from.column in chunk.columns]
    if version is None or not movers:
        return chunk
    said = pc.utf8_trim_whitespace(version)
    rows = {field.name: _is_one_of(said, field) for field in movers}
    stays = dict(chunk.columns)
    for field in movers:
        stays[_origin(field)] = pc.if_else(rows[field.name], _NOTHING, stays[_origin(field)])
    columns, faults = dict(stays), chunk.faults
    for field in movers:
        moved = pc.if_else(rows[field.name], chunk.columns[_origin(field)], _NOTHING)
        own = stays.get(field.name, pa.nulls(len(moved), pa.string()))
        differs = pc.fill_null(pc.not_equal(moved, own), False)
        fault = pc.if_else(differs, pa.scalar(str(RowFaultReason.REPEATED_VALUES_DIFFER)), _NOTHING)
        faults = pc.coalesce(faults, fault)
        columns[field.name] = pc.coalesce(moved, own)
    return replace(chunk, columns=columns, faults=faults)


_NOTHING = pa.scalar(None, pa.string())


def _origin(field: Field) -> str:
    return field.moved_from.column if field.moved_from else field.name


def _is_one_of(version: Any, field: Field) -> Any:
    versions = field.moved_from.versions if field.moved_from else ()
    return pc.fill_null(pc.is_in(version, value_set=pa.array(versions, pa.string())), False)
