"""The published marts as dbt describes them: which columns there are, and what each is called in Chinese."""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboards.sources import read_yaml

DBT_PROJECT = Path(__file__).resolve().parent.parent / "dbt_project"
MARTS = DBT_PROJECT / "models" / "marts"

# The house's grammar of names (same name, same meaning, same unit) also says the type; first match wins.
_TYPE_OF_SUFFIX = (
    ("_count", "BIGINT"),
    ("_cny", "DECIMAL"),
    ("_share", "DOUBLE"),
    ("_gb", "DOUBLE"),
    ("_m", "DOUBLE"),
    ("_per_thousand_sms", "DOUBLE"),
    ("quantity", "BIGINT"),
    ("_closing_days", "DOUBLE"),
    ("_reply_days", "DOUBLE"),
    ("_gap_days", "DOUBLE"),
    ("_days", "BIGINT"),
    ("days_behind", "BIGINT"),
    ("days_since_contact", "BIGINT"),
    ("_rank", "BIGINT"),
    ("_limit", "BIGINT"),
    ("_year", "BIGINT"),
    ("working_day_number", "BIGINT"),
    ("_ratio", "DOUBLE"),
    ("_score", "DOUBLE"),
    ("_hours", "DOUBLE"),
    ("_kwh", "DOUBLE"),
    ("_kva", "DOUBLE"),
    ("_dbm", "DOUBLE"),
    ("_db", "DOUBLE"),
    ("_mbps", "DOUBLE"),
    ("value", "DOUBLE"),
    ("_start", "DATE"),
    ("_on", "DATE"),
    ("valid_from", "DATE"),
    ("valid_to", "DATE"),
    ("_until", "DATE"),
    ("date", "DATE"),
)


@dataclass(frozen=True)
class Column:
    """One column of a mart; `unit` is None where the label already says all, as in a name or a share."""

    name: str
    label: str
    unit: str | None
    description: str
    data_type: str

    @property
    def is_date(self) -> bool:
        """Whether charts may use the column as a time axis."""
        return self.data_type in ("DATE", "TIMESTAMP")

    @property
    def full_label(self) -> str:
        """The label with its unit, as axes and table heads show it."""
        return labelled(self.label, self.unit)


Mart = Mapping[str, Column]


# A share's number format says all, as in 98.7%.
_SAID_BY_THE_FORMAT = ("%", "占比")


def labelled(label: str, unit: str | None) -> str:
    """`收入` and `万元` make `收入(万元)`; a share keeps its bare label."""
    return f"{label}({unit})" if unit and unit not in _SAID_BY_THE_FORMAT else label


def read_marts(folder: Path = MARTS) -> dict[str, Mart]:
    """Every model below `folder` that has a yml entry, by name, with its columns in the order of the file.

    A column without `meta.label` keeps its raw name as label; `check.py` refuses that.
    """
    models: dict[str, Mart] = {}
    for file in sorted((*folder.rglob("*.yml"), *folder.rglob("*.yaml"))):
        for model in read_yaml(file).get("models", []):
            models[model["name"]] = {entry["name"]: _column(entry) for entry in model.get("columns", [])}
    return models


def smallest_visible_group(project: Path = DBT_PROJECT) -> int:
    """The number of people below which a mart hides a value, from dbt's own setting."""
    settings = read_yaml(project / "dbt_project.yml")
    return int(settings["vars"]["smallest_visible_group"])


def region_codes(project: Path = DBT_PROJECT) -> frozenset[str]:
    """The codes of every province and city that dbt knows."""
    with (project / "seeds" / "regions.csv").open(encoding="utf-8", newline="") as seed:
        return frozenset(row["code"] for row in csv.DictReader(seed))


def _column(entry: Mapping[str, Any]) -> Column:
    meta = {**entry.get("meta", {}), **entry.get("config", {}).get("meta", {})}
    name = entry["name"]
    return Column(
        name=name,
        label=meta.get("label", name),
        unit=meta.get("unit"),
        description=" ".join(str(entry.get("description", "")).split()),
        data_type=_data_type(name, entry.get("data_type")),
    )


def _data_type(name: str, declared: str | None) -> str:
    if declared:
        return declared.upper()
    if name.startswith(("is_", "has_")):
        return "BOOLEAN"
    return next((kind for suffix, kind in _TYPE_OF_SUFFIX if name.endswith(suffix)), "VARCHAR")
