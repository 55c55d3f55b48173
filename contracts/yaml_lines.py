"""YAML that remembers its lines, so that a mistake can be named with file and line.

Read by libyaml, because every command begins with contracts and the readers in Python take a hundred times as long.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, ClassVar

import yaml
from yaml.nodes import MappingNode, Node, SequenceNode

from contracts.errors import InvalidContracts, Problem

Location = Iterable[str | int]


class Loader(yaml.CSafeLoader):  # type: ignore[misc]  # the library has no types
    """Plain values as YAML 1.2 means them: `yes` and `12:30` are texts, 010 is ten; a key stands once in a map."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}

    def construct_mapping(self, node: MappingNode, deep: bool = False) -> dict[Any, Any]:
        """The mapping; two values for one key are a mistake and not the second one."""
        seen = set()
        for key, _ in node.value:
            if key.value in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"found duplicate key {key.value!r}", key.start_mark
                )
            seen.add(key.value)
        return dict(super().construct_mapping(node, deep))

    def whole_number(self, node: Node) -> int:
        """Decimal, leading zeros or not."""
        return int(self.construct_scalar(node))


def _means(tag: str, form: str, first: Iterable[str]) -> None:
    Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(f"^(?:{form})$"), list(first))


_means("bool", "true|True|TRUE|false|False|FALSE", "tTfF")
_means("int", "[-+]?[0-9]+", "-+0123456789")
_means("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?", "-+.0123456789")
_means("null", "~|null|Null|NULL|", ["~", "n", "N", ""])
_means("timestamp", "[0-9]{4}-[0-9]{2}-[0-9]{2}", "0123456789")
Loader.add_constructor("tag:yaml.org,2002:int", Loader.whole_number)


def read_yaml(path: Path) -> Any:
    """The plain values of a file that this project wrote itself. Raises: yaml.YAMLError."""
    with path.open(encoding="utf-8") as file:
        return yaml.load(file, Loader)  # noqa: S506 - a safe loader's child


class Document:
    """One YAML file: its data as plain values, and the line at which every part of it stands."""

    def __init__(self, path: Path) -> None:
        self.path = path
        loader = Loader(path.read_text(encoding="utf-8"))
        try:
            self._root = loader.get_single_node()
            self.data: Any = loader.construct_document(self._root) if self._root else None
        except yaml.MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise InvalidContracts([Problem(path, line, f"not readable as YAML: {error.problem}")]) from None
        finally:
            loader.dispose()

    def line(self, location: Location) -> int:
        """The line of the innermost part of `location` that exists; a missing key points at its parent."""
        node, line = self._root, 1
        for step in location:
            if (found := _part(node, step)) is None:
                return line
            line, node = found
        return line

    def problem(self, location: Location, message: str) -> Problem:
        """A mistake at `location`."""
        return Problem(self.path, self.line(location), message)


def _part(node: Node | None, step: str | int) -> tuple[int, Node] | None:
    """The line and the node of one step down; of a mapping it is the key's line."""
    if isinstance(node, MappingNode):
        return next(((key.start_mark.line + 1, value) for key, value in node.value if key.value == step), None)
    if isinstance(node, SequenceNode) and isinstance(step, int) and step < len(node.value):
        return node.value[step].start_mark.line + 1, node.value[step]
    return None
