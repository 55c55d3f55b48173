"""A small .xls made record by record (BIFF8 in an OLE container), for what no library of today writes."""

import struct
from collections.abc import Mapping, Sequence
from pathlib import Path

Cell = str | float | bool | None
_SECTOR = 512
_END, _FREE, _FAT = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
#: The cell styles that a test can ask for: General, a day (built-in 14), a moment (22), the month of a Chinese Excel (31).
STYLES = (0, 14, 22, 31)


def binary_workbook(
    path: Path,
    sheets: Mapping[str, Sequence[Sequence[Cell | tuple[float, int]]]],
    *,
    hidden: Sequence[str] = (),
    merged: tuple[int, int, int, int] | None = None,
    has_password: bool = False,
    date1904: bool = False,
) -> Path:
    """Sheets of rows; a pair is a number with the place of its style in `STYLES`. `merged`: rows, columns, inclusive."""
    bodies = [_sheet(rows, merged) for rows in sheets.values()]
    head = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0005, 0x0DBB, 0x07CC, 0, 6))
    if has_password:
        head += _record(0x002F, struct.pack("<H", 1) + bytes(52))
    head += _record(0x0042, struct.pack("<H", 1200)) + _record(0x0022, struct.pack("<H", date1904))
    head += b"".join(_record(0x00E0, struct.pack("<HH16x", 0, number)) for number in STYLES)
    names = [struct.pack("<BB", len(name), 1) + name.encode("utf-16-le") for name in sheets]
    start = len(head) + sum(4 + 6 + len(name) for name in names) + 4
    for name, label, body in zip(sheets, names, bodies, strict=True):
        head += _record(0x0085, struct.pack("<IBB", start, name in hidden, 0) + label)
        start += len(body)
    path.write_bytes(_container(head + _record(0x000A, b"") + b"".join(bodies)))
    return path


def _record(number: int, content: bytes) -> bytes:
    return struct.pack("<HH", number, len(content)) + content


def _sheet(rows: Sequence[Sequence[Cell | tuple[float, int]]], merged: tuple[int, int, int, int] | None) -> bytes:
    written = _record(0x0809, struct.pack("<HHHHII", 0x0600, 0x0010, 0x0DBB, 0x07CC, 0, 6))
    for row, cells in enumerate(rows):
        written += b"".join(_cell(row, column, cell) for column, cell in enumerate(cells) if cell is not None)
    if merged:
        written += _record(0x00E5, struct.pack("<HHHHH", 1, *merged))
    return written + _record(0x000A, b"")


def _cell(row: int, column: int, cell: Cell | tuple[float, int]) -> bytes:
    if isinstance(cell, bool):
        return _record(0x0205, struct.pack("<HHHBB", row, column, 0, cell, 0))
    if isinstance(cell, str) and cell.startswith("#"):
        return _record(0x0205, struct.pack("<HHHBB", row, column, 0, 0x17, 1))
    if isinstance(cell, str):
        text = cell.encode("utf-16-le")
        return _record(0x0204, struct.pack("<HHHHB", row, column, 0, len(text) // 2, 1) + text)
    number, style = cell if isinstance(cell, tuple) else (cell, 0)
    return _record(0x0203, struct.pack("<HHHd", row, column, style, float(number or 0)))


def _container(stream: bytes) -> bytes:
    """An OLE container with one stream: sector 0 is the allocation table, 1 the directory, then the workbook."""
    stream = stream.ljust(max(4096, -(-len(stream) // _SECTOR) * _SECTOR), b"\0")
    count = len(stream) // _SECTOR
    assert count <= 126, "one sector of allocation table"
    chain = [_FAT, _END, *range(3, count + 2), _END]
    table = struct.pack("<128I", *chain, *[_FREE] * (128 - len(chain)))
    directory = _entry("Root Entry", 5, _END, 0, child=1) + _entry("Workbook", 2, 2, len(stream))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH6x", 0x3E, 3, 0xFFFE, 9, 6)
    header += struct.pack("<IIIIIIIII", 0, 1, 1, 0, 4096, _END, 0, _END, 0)
    header += struct.pack("<109I", 0, *[_FREE] * 108)
    return header + table + directory.ljust(_SECTOR, b"\0") + stream


def _entry(name: str, kind: int, start: int, size: int, child: int = 0xFFFFFFFF) -> bytes:
    label = f"{name}\0".encode("utf-16-le")
    links = struct.pack("<III", 0xFFFFFFFF, 0xFFFFFFFF, child)
    return (
        label.ljust(64, b"\0")
        + struct.pack("<HBB", len(label), kind, 1)
        + links
        + bytes(36)
        + struct.pack("<III", start, size, 0)
    )
