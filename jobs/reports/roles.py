"""Who fills which role here (NOTE-4: that is configuration): who signs as what, and where each recipient is reached."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import yaml
from jsonschema import Draft202012Validator

from jobs.errors import ReportRefused
from jobs.reports.declared import Report

_SCHEMA = {
    "type": "object",
    "additionalProperties": {
        "type": "object",
        "additionalProperties": False,
        "minProperties": 1,
        "properties": {
            "signs": {"type": "array", "minItems": 1, "items": {"type": "string", "pattern": "^[a-z0-9][a-z0-9._-]*$"}},
            "folder": {"type": "string", "minLength": 1},
            "mailbox": {"type": "string", "pattern": r"^[^@\s<>,;]+@[^@\s<>,;]+$"},
        },
    },
}


class Way(StrEnum):
    """How something reaches a role."""

    FOLDER = "folder"
    MAIL = "mail"


@dataclass(frozen=True)
class Role:
    """signs: persons, by the names under which they are admitted. folder, mailbox: where it gets reports."""

    signs: tuple[str, ...] = ()
    folder: Path | None = None
    mailbox: str | None = None

    @property
    def ways(self) -> list[Way]:
        """The ways in which it is reached; none where it has no place for what is issued."""
        places = {Way.FOLDER: self.folder, Way.MAIL: self.mailbox}
        return [way for way, place in places.items() if place is not None]


def read_roles(file: Path) -> dict[str, Role]:
    """The roles of this installation; none when the file is not there, for nobody is named by default.

    A folder is taken from the file's own place unless it is absolute. Raises: ReportRefused for a mistake.
    """
    if not file.is_file():
        return {}
    try:
        declared: dict[str, Any] = yaml.safe_load(file.read_text(encoding="utf-8")) or {}
    except yaml.YAMLError:
        raise ReportRefused(f"{file.name} is no YAML; see docs/reports.md") from None
    if problem := next(iter(Draft202012Validator(_SCHEMA).iter_errors(declared)), None):
        # the message of the library would repeat the value, which may be somebody's address
        raise ReportRefused(
            f"{file.name} {problem.json_path} breaks the rule '{problem.validator}'; see docs/reports.md"
        )
    return {
        name: Role(
            tuple(one.get("signs", ())), file.parent / one["folder"] if "folder" in one else None, one.get("mailbox")
        )
        for name, one in declared.items()
    }


def unfilled(report: Report, roles: Mapping[str, Role]) -> list[str]:
    """The roles of a report that nobody fills: a signature without a person, a recipient without a place."""
    nobody = Role()
    return [
        *(name for name in report.signatures if not roles.get(name, nobody).signs),
        *(name for name in report.recipients if not roles.get(name, nobody).ways),
    ]


def require_filled(report: Report, roles: Mapping[str, Role], file: Path) -> None:
    """Return when every role of a report is filled. Raises: ReportRefused, with those that are not."""
    if missing := unfilled(report, roles):
        raise ReportRefused(f"{report.id}: nobody fills {'、'.join(missing)}; name them in {file}, see docs/reports.md")


def signers(roles: Mapping[str, Role]) -> dict[str, tuple[str, ...]]:
    """The persons who sign in each role."""
    return {name: role.signs for name, role in roles.items()}
