"""What dbt's manifest says of the marts: their names, and which of their columns count people."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Mart:
    """One table that readers may see; `people_columns` are those that `small_groups_hidden` guards."""

    name: str
    people_columns: tuple[str, ...]


def marts(target: Path) -> list[Mart]:
    """The models below `models/marts`, sorted by name."""
    nodes: dict[str, dict[str, Any]] = json.loads((target / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    names = sorted(
        node["name"] for node in nodes.values() if node["resource_type"] == "model" and node["fqn"][1] == "marts"
    )
    return [Mart(name, tuple(sorted(_people(nodes, name)))) for name in names]


def _people(nodes: dict[str, dict[str, Any]], mart: str) -> set[str]:
    return {
        node["test_metadata"]["kwargs"]["people"]
        for node in nodes.values()
        if (node.get("test_metadata") or {}).get("name") == "small_groups_hidden"
        and node["attached_node"].endswith(f".{mart}")
    }
