"""What a search came to: sink by sink what was looked at, which controls were found, and what follows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from jobs.prove.controls import Control
from jobs.prove.disguises import Kind
from jobs.prove.scanner import Hit, Scan
from jobs.prove.sinks import Sink


class State(StrEnum):
    """What a search says of a sink, or all sinks together; the worst one counts."""

    CLEAN = "clean"
    ABSENT = "absent"
    UNPROVED = "unproved"
    LEAK = "leak"


@dataclass(frozen=True)
class SinkProof:
    """One sink: what was searched, and the values planted in copies of its files."""

    sink: Sink
    scan: Scan
    controls: Sequence[Control]

    @property
    def state(self) -> State:
        """A sink without files is absent; one that was not read whole, or whose control was missed, is not proved."""
        if self.scan.hits:
            return State.LEAK
        if not self.scan.files:
            return State.ABSENT
        has_controls = bool(self.controls) or not self.scan.size
        is_proved = has_controls and not self.scan.undecoded and all(control.found for control in self.controls)
        return State.CLEAN if is_proved else State.UNPROVED

    @property
    def gaps(self) -> list[str]:
        """Why the sink is not proved, one sentence each."""
        missed = [
            f"control missed: {control.label} in {control.format}" for control in self.controls if not control.found
        ]
        return [f"not decoded: {file}" for file in self.scan.undecoded] + missed


@dataclass(frozen=True)
class Expectation:
    """A control by the platform's own hand: what a search of some place has to find, or has to find no more."""

    english: str
    chinese: str
    held: bool


@dataclass(frozen=True)
class Proof:
    """A whole search. `searched_for`: how many values of each kind; `keys` of them are the installation's own."""

    at: datetime
    searched_for: Mapping[Kind, int]
    keys: int
    sinks: Sequence[SinkProof]
    expectations: Sequence[Expectation]

    @property
    def state(self) -> State:
        """Clean only when every sink that is there is clean and every control of the copy held."""
        states = {proof.state for proof in self.sinks}
        if State.LEAK in states:
            return State.LEAK
        held = all(expectation.held for expectation in self.expectations)
        seen = State.CLEAN in states
        return State.CLEAN if held and seen and State.UNPROVED not in states else State.UNPROVED

    @property
    def hits(self) -> list[tuple[Sink, Hit]]:
        """Everything that was found, by sink and file."""
        return [(proof.sink, hit) for proof in self.sinks for hit in sorted(proof.scan.hits)]
