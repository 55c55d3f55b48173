"""YAML that remembers its lines, so that a mistake can be named with file and line."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError

from contracts.errors import InvalidContracts, Problem

Location = Iterable[str | int]


class Document:
    """One YAML file: its data as plain values, and the line at which every part of it stands."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            self._commented = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
        except MarkedYAMLError as error:
            line = error.problem_mark.line + 1 if error.problem_mark else 1
            raise InvalidContracts([Problem(path, line, f"not readable as YAML: {error.problem}")]) from None
        self.data = _plain(self._commented)

    def line(self, location: Location) -> int:
        """The line of the innermost part of `location` that exists; a missing key points at its parent."""
        node, line = self._commented, 1
        for step in location:
            if isinstance(node, CommentedMap) and step in node:
                line = node.lc.key(step)[0] + 1
            elif isinstance(node, CommentedSeq) and isinstance(step, int) and step < len(node):
                line = node.lc.item(step)[0] + 1
            else:
                return line
            node = node[step]
        return line

    def problem(self, location: Location, message: str) -> Problem:
        """A mistake at `location`."""
        return Problem(self.path, self.line(location), message)


def _plain(node: Any) -> Any:
    if isinstance(node, dict):
        return {str(key): _plain(value) for key, value in node.items()}
    if isinstance(node, list):
        return [_plain(value) for value in node]
    # ruamel's scalar types carry layout; the bool test comes first because bool is an int
    for plain_type in (bool, int, float, str):
        if isinstance(node, plain_type):
            return plain_type(node)
    return node
