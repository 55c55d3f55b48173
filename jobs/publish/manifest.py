"""What dbt's manifest says of the marts: their names, and who is in them."""

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from expectations.privacy.declared import Declaration, declaration


@dataclass(frozen=True)
class Mart:
    """One table that readers may see, and what it declares about the people in it."""

    name: str
    privacy: Declaration


def marts(target: Path) -> list[Mart]:
    """The models below `models/marts`, sorted by name.

    Raises: PrivacyUndeclared when one of them does not say who is in it.
    """
    nodes: dict[str, dict[str, Any]] = json.loads((target / "manifest.json").read_text(encoding="utf-8"))["nodes"]
    models = [node for node in nodes.values() if node["resource_type"] == "model" and node["fqn"][1] == "marts"]
    return [
        Mart(node["name"], declaration(node["name"], node["columns"], node["config"]["meta"].get("privacy")))
        for node in sorted(models, key=lambda node: str(node["name"]))
    ]
