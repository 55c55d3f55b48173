"""Frozen views over ODCS contracts: the questions that jobs, gates and generators ask about a dataset."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any

from contracts.treatments import DateShift, Drop, Keep, Seal, Token, Treatment

#: Columns that every raw row carries beside the contract's own; they describe the delivery, never a person.
TECHNICAL_COLUMNS: Mapping[str, str] = {
    "batch_id": "string",
    "source_file_sha256": "string",
    "source_row_number": "bigint",
    "ingested_at": "timestamp",
    "arrival_date": "date",
}


class Classification(StrEnum):
    """Grades of GB/T 43697, lowest first; general data is public, internal or sensitive."""

    PUBLIC = "public"
    INTERNAL = "internal"
    SENSITIVE = "sensitive"
    IMPORTANT = "important"
    CORE = "core"


class Severity(StrEnum):
    """What a broken row rule means: the row goes to quarantine, or it is only counted."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True)
class MovedFrom:
    """In which versions of a form a field's answers stand in another field's column, because its name meant this then.

    versions: texts of the contract's `version_column`; records of other versions are read as they stand.
    """

    column: str
    versions: tuple[str, ...]


@dataclass(frozen=True)
class KeptFor:
    """The use that columns are kept for though no published mart reads them, by the steward's word (D09-10)."""

    use: str
    requirement: str


@dataclass(frozen=True)
class SmallestCell:
    """How many people, or rows where `people` is None, must share a square of the grid.

    A square with fewer grows through the sizes `metres`; a position that no square is enough for is NULL.
    period: a column that is truncated to a day, month, quarter or year, in which so many must share it; None: in the
    whole batch.
    """

    latitude: str
    longitude: str
    metres: tuple[float, ...]  # the finest first
    at_least: int
    people: str | None = None
    period: str | None = None


@dataclass(frozen=True)
class Field:
    """One column of a dataset: what it is, what may stand in it, and what happens to it before anybody analyses it."""

    name: str
    label: str
    description: str
    type: str  # the Spark type in raw: string, bigint, double, decimal(p,s), boolean, date, timestamp, array<string>
    classification: Classification
    treatment: Treatment
    required: bool = False
    primary_key: bool = False
    identifier: str | None = None
    allowed: tuple[str, ...] = ()
    allowed_labels: Mapping[str, str] = field(default_factory=dict)  # the label of each allowed value
    minimum: float | None = None
    maximum: float | None = None
    pattern: str | None = None
    max_length: int | None = None
    aliases: tuple[str, ...] = ()
    codes: Mapping[str, str] = field(default_factory=dict)
    formats: tuple[str, ...] = ()
    moved_from: MovedFrom | None = None
    retired_in: str | None = None  # the version of the form that no longer asks it
    unit: str | None = None
    source_of_rule: str | None = None
    kept_for: KeptFor | None = None
    line: int = 0

    @property
    def survives(self) -> bool:
        """Whether the desensitised zone has a column for this field."""
        return not isinstance(self.treatment, Drop)

    @property
    def stays_as_written(self) -> bool:
        """Whether readers see free text just as somebody wrote it, without a list of what may stand there."""
        return self.type == "string" and isinstance(self.treatment, Keep) and not self.allowed

    @property
    def desensitised_name(self) -> str:
        """The column's name beyond raw; another name where the treatment changes the meaning."""
        return self.treatment.becomes or self.name

    @property
    def desensitised_type(self) -> str:
        """The Spark type of the treated column."""
        return self.treatment.result_type(self.type)


@dataclass(frozen=True)
class RowRule:
    """A rule over several columns of one row; `arguments` are those of its kind in `extensions.schema.json`."""

    name: str
    kind: str
    severity: Severity
    description: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True)
class Reader:
    """One kind of file in which a dataset may arrive, or one table of a database (kind `jdbc`)."""

    kind: str
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Channel:
    """A platform that numbers each form's records from 1, so that two of them give the same number twice.

    Its files are known by a header that no other channel of the dataset writes; `<name>-` goes before their numbers.
    """

    name: str
    header: str


@dataclass(frozen=True)
class Pull:
    """A form server that is asked for new submissions; where it is and who asks is a setting of the installation.

    page_size: how many submissions one request asks for.
    taken_at: cron expressions in the time of China. at_most_every_minutes: what the server's owner allows (D09-9).
    """

    kind: str
    page_size: int
    taken_at: tuple[str, ...]
    at_most_every_minutes: int


@dataclass(frozen=True)
class ScopeRule:
    """One condition on a column of the source that every row read must meet; values as the source writes them."""

    column: str
    one_of: tuple[str, ...] = ()
    at_least: str | None = None
    below: str | None = None


@dataclass(frozen=True)
class Extraction:
    """What a database's owner allows: how often it is read, and which rows. The columns are the fields (D09-9)."""

    at_most_every_minutes: int
    scope: tuple[ScopeRule, ...] = ()


@dataclass(frozen=True)
class Source:
    """How a dataset arrives: kinds of file, business time zone of times without one, texts that mean nothing.

    version_column: the field in which each record names the version of its form, for `MovedFrom`.
    deletions: the boolean field that tells a record which its database no longer has; None for files.
    """

    timezone: str
    readers: tuple[Reader, ...]
    null_texts: tuple[str, ...] = ()
    ignored_columns: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    version_column: str | None = None
    pull: Pull | None = None
    deletions: str | None = None
    extraction: Extraction | None = None


@dataclass(frozen=True)
class Limits:
    """Where gates 1 and 2 stop: the largest file read, the largest shares of rows in quarantine and of deleted ones.

    Shares are from 0 to 1; deleted records are counted against those that stood before.
    """

    max_quarantined_share: float = 0.2
    max_file_mb: int = 1024
    max_deleted_share: float = 0.2


@dataclass(frozen=True)
class Trail:
    """The desensitised columns that say who was where and when; a person is a token there (D09-3, D09-5)."""

    person: str
    places: tuple[str, ...]
    moment: str


@dataclass(frozen=True)
class Accountable:
    """The four answerable roles of D09-7."""

    in_charge: str
    operates: str
    uses: tuple[str, ...]
    connects: str


@dataclass(frozen=True)
class Contract:
    """Everything that is agreed about one dataset."""

    id: str
    family: str
    dataset: str
    version: str
    label: str
    purpose: str
    fields: tuple[Field, ...]
    rules: tuple[RowRule, ...]
    source: Source
    limits: Limits
    accountable: Accountable
    retention_days: int
    fingerprint: str  # sha256 of the file's meaning: comments and layout do not change it
    path: Path
    smallest_cell: SmallestCell | None = None
    kept_for: KeptFor | None = None  # of every surviving column that has no word of its own
    trail: Trail | None = None

    @property
    def table(self) -> str:
        """The dataset's table name, the same in every zone."""
        return f"{self.family}_{self.dataset}"

    @property
    def server_setting(self) -> str:
        """The variable that says where an installation has the dataset's form server; nothing is pulled without it."""
        return f"LAKEWARDEN_PULL_{self.id.replace('.', '_').upper()}"

    @property
    def key(self) -> tuple[str, ...]:
        """The columns that tell one record from another."""
        return tuple(field.name for field in self.fields if field.primary_key)

    @property
    def comes_from_databases(self) -> bool:
        """Whether the dataset is read from tables of databases and not from landed files."""
        return self.source.extraction is not None

    @property
    def surviving(self) -> tuple[Field, ...]:
        """The fields that the desensitised zone has a column for, in the contract's order."""
        return tuple(field for field in self.fields if field.survives)

    @property
    def sealed(self) -> tuple[tuple[Field, Seal], ...]:
        """The fields whose values lie sealed in the vault, each with its treatment."""
        return tuple((field, field.treatment) for field in self.fields if isinstance(field.treatment, Seal))

    def field(self, name: str) -> Field:
        """The field of this name. Raises: KeyError."""
        return {field.name: field for field in self.fields}[name]

    def person_of(self, shift: DateShift) -> tuple[Field, str]:
        """The field that tells whose date is shifted, and the domain of its tokens."""
        person = self.field(shift.person)
        if not isinstance(person.treatment, Token | Seal):
            raise TypeError(f"{person.name} has no token; the contract's check refuses this")
        return person, person.treatment.domain

    @property
    def token_domains(self) -> tuple[str, ...]:
        """The key domains that desensitising this dataset needs, sorted."""
        return tuple(sorted({f.treatment.domain for f in self.fields if isinstance(f.treatment, Token | Seal)}))

    @property
    def raw_columns(self) -> dict[str, str]:
        """Name and Spark type of every raw column, in order."""
        return {field.name: field.type for field in self.fields} | dict(TECHNICAL_COLUMNS)

    @property
    def desensitised_columns(self) -> dict[str, str]:
        """Name and Spark type of every desensitised column, in order."""
        return {f.desensitised_name: f.desensitised_type for f in self.surviving} | dict(TECHNICAL_COLUMNS)
