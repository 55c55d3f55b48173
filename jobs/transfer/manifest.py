"""What a package says about itself: whose it is, which files of which contracts it holds, in which parts.

The content of a package is the bytes of its files, one behind the other in the manifest's order, cut into parts. A file
is named by its dataset, its arrival day and its sha256 alone: no path and no file name travels.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from contracts.model import Contract
from jobs.errors import PackageRefused

#: The file of a package beside its parts: a line with the signature, then the manifest as JSON.
MANIFEST = "manifest.signed"

Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
PackageId = Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
PeerName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,31}$")]
DatasetId = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*\.[a-z][a-z0-9_]*$")]
Version = Annotated[str, Field(pattern=r"^[0-9A-Za-z.+-]{1,32}$")]


class _Stated(BaseModel):
    """Nothing unknown, nothing converted: what was signed is what is read."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    def as_bytes(self) -> bytes:
        """The one way in which these statements are written, so that they can be signed."""
        return (self.model_dump_json(indent=1) + "\n").encode()

    @classmethod
    def from_bytes(cls, content: bytes, where: str) -> Self:
        """What was written. Raises: PackageRefused with the places that are wrong, without what stands there."""
        try:
            return cls.model_validate_json(content)
        except ValidationError as error:
            places = [".".join(map(str, mistake["loc"])) or mistake["msg"] for mistake in error.errors()]
            raise PackageRefused(
                f"{where} is not what this version writes: {', '.join(places[:5])}; "
                "use the same version of lakewarden on both sides"
            ) from None


class PackedFile(_Stated):
    """One landed file; the receiver lays it under the same arrival day."""

    dataset: DatasetId
    arrival_date: date
    sha256: Sha256
    size_bytes: Annotated[int, Field(ge=0)]


class PackedDataset(_Stated):
    """The contract under which a dataset was packed, and what there is of it."""

    contract_version: Version
    contract_fingerprint: Sha256
    file_count: int
    byte_count: int


class Part(_Stated):
    """One part; its number is its place in the list, from 1."""

    sha256: Sha256
    size_bytes: Annotated[int, Field(ge=1)]


class Plan(_Stated):
    """A package before its parts are written."""

    package_id: PackageId
    sender: PeerName
    created_at: datetime
    part_bytes: Annotated[int, Field(ge=1)]
    datasets: Mapping[DatasetId, PackedDataset]
    files: tuple[PackedFile, ...]

    @model_validator(mode="after")
    def _adds_up(self) -> Self:
        counted = {dataset: totals(dataset, self.files) for dataset in {file.dataset for file in self.files}}
        stated = {name: (dataset.file_count, dataset.byte_count) for name, dataset in self.datasets.items()}
        if stated != counted:
            raise ValueError("the counts of its datasets are not those of its files")
        if len({(file.dataset, file.sha256) for file in self.files}) < len(self.files):
            raise ValueError("a file stands in it twice")
        if self.package_id != _package_id(self.sender, self.part_bytes, self.datasets, self.files):
            raise ValueError("its id is not that of its content")
        return self

    @property
    def byte_count(self) -> int:
        """All bytes of all files."""
        return sum(file.size_bytes for file in self.files)

    @property
    def pieces(self) -> list[tuple["Piece", ...]]:
        """What each part holds, in the order of the parts."""
        return list(cut([file.size_bytes for file in self.files], self.part_bytes))


class Manifest(Plan):
    """The whole package; its signature covers every byte of it, and so the digest of every part and file."""

    parts: tuple[Part, ...]

    @model_validator(mode="after")
    def _fits_its_parts(self) -> Self:
        sizes = [sum(piece.length for piece in part) for part in self.pieces]
        if sizes != [part.size_bytes for part in self.parts]:
            raise ValueError("the sizes of its parts are not those of its files")
        return self


class Receipt(_Stated):
    """What arrived of a package; the numbers of parts count from 1. `is_landed`: its files lie in their inboxes."""

    package_id: PackageId
    sender: PeerName
    receiver: PeerName
    written_at: datetime
    part_count: int
    parts_missing: tuple[int, ...]
    is_landed: bool


@dataclass(frozen=True)
class Piece:
    """`length` bytes of the file at place `file` of the manifest, from `offset` on."""

    file: int
    offset: int
    length: int


def part_name(number: int) -> str:
    """The file name of a part, by its number from 1."""
    return f"part-{number:05d}.bin"


def cut(sizes: Sequence[int], part_bytes: int) -> Iterator[tuple[Piece, ...]]:
    """Files laid end to end and cut every `part_bytes`; an empty file is in no part.

    Example:
        >>> [[(piece.file, piece.offset, piece.length) for piece in part] for part in cut([5, 0, 2], 4)]
        [[(0, 0, 4)], [(0, 4, 1), (2, 0, 2)]]
    """
    part: list[Piece] = []
    room = part_bytes
    for file, size in enumerate(sizes):
        offset = 0
        while offset < size:
            piece = Piece(file, offset, min(room, size - offset))
            part.append(piece)
            offset += piece.length
            room -= piece.length
            if not room:
                yield tuple(part)
                part, room = [], part_bytes
    if part:
        yield tuple(part)


def totals(dataset: str, files: Iterable[PackedFile]) -> tuple[int, int]:
    """How many files of a dataset, and how many bytes."""
    sizes = [file.size_bytes for file in files if file.dataset == dataset]
    return len(sizes), sum(sizes)


def planned(
    sender: str, files: Iterable[PackedFile], contracts: Mapping[str, Contract], *, part_bytes: int, now: datetime
) -> Plan:
    """A package of these files under these contracts; the same ones always have the same id."""
    ordered = tuple(sorted(files, key=lambda file: (file.dataset, file.arrival_date, file.sha256)))
    datasets = {}
    for name in sorted({file.dataset for file in ordered}):
        file_count, byte_count = totals(name, ordered)
        datasets[name] = PackedDataset(
            contract_version=contracts[name].version,
            contract_fingerprint=contracts[name].fingerprint,
            file_count=file_count,
            byte_count=byte_count,
        )
    return Plan(
        package_id=_package_id(sender, part_bytes, datasets, ordered),
        sender=sender,
        created_at=now,
        part_bytes=part_bytes,
        datasets=datasets,
        files=ordered,
    )


def _package_id(
    sender: str, part_bytes: int, datasets: Mapping[str, PackedDataset], files: Sequence[PackedFile]
) -> str:
    """The same id means the same bytes in the same parts, so parts of one may serve for the other."""
    told: list[tuple[str, ...]] = [(sender, str(part_bytes))]
    told += [(name, datasets[name].contract_fingerprint) for name in sorted(datasets)]
    told += [(file.dataset, file.arrival_date.isoformat(), file.sha256, str(file.size_bytes)) for file in files]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:16]
