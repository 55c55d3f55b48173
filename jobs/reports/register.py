"""The register of reports in the ledger: every edition stays, a correction with its reason (备案, D08-6)."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from jobs.errors import GateNotPassed, ReportRefused
from jobs.reports.editions import Change, Edition, EditionState, Signature
from jobs.reports.roles import Way
from jobs.storage.ledger import Ledger
from jobs.storage.ledger_rows import in_utc


@dataclass(frozen=True)
class Publication:
    """What readers of marts see at a moment (UTC)."""

    id: str
    published_at: datetime


@dataclass(frozen=True)
class Register:
    """The tables `reports` and `report_deliveries`."""

    ledger: Ledger

    def newest(self, report: str, period: str) -> Edition | None:
        """The last edition of a report of a period, whatever became of it; None before the first."""
        found = self._ask("report = $report AND period = $period", report=report, period=period)
        return found[-1] if found else None

    def find(self, report: str, period: str) -> Edition:
        """The last edition. Raises: ReportRefused before the first."""
        if found := self.newest(report, period):
            return found
        raise ReportRefused(f"{report} {period} was never drafted; run `lakewarden report draft {report} {period}`")

    def last_released(self, report: str, period: str) -> Edition:
        """The newest edition that was issued. Raises: ReportRefused when none was."""
        found = self._ask(
            "report = $report AND period = $period AND state = $released",
            report=report,
            period=period,
            released=EditionState.RELEASED,
        )
        if found:
            return found[-1]
        raise ReportRefused(f"nothing of {report} {period} was issued, so there is nothing to correct")

    def everything(self) -> list[Edition]:
        """All editions, by report, period and version."""
        return self._ask("true")

    def keep(self, edition: Edition) -> None:
        """Write an edition down, or replace it by itself at a later step."""
        row = asdict(edition)
        self.ledger.record("reports", [{**row, "changes": list(row["changes"]), "signatures": list(row["signatures"])}])

    def reached(self, edition: Edition) -> set[tuple[str, Way]]:
        """Who has this edition already, and in which way."""
        rows = self.ledger.ask(
            "SELECT recipient, way FROM report_deliveries WHERE report = $report AND period = $period "
            "AND version = $version",
            report=edition.report,
            period=edition.period,
            version=edition.version,
        )
        return {(row["recipient"], Way(row["way"])) for row in rows}

    def note_delivery(self, edition: Edition, recipient: str, way: Way, now: datetime) -> None:
        """Write down that a role has it."""
        self.ledger.record(
            "report_deliveries",
            [
                {
                    "report": edition.report,
                    "period": edition.period,
                    "version": edition.version,
                    "recipient": recipient,
                    "way": way,
                    "pdf_sha256": edition.pdf_sha256,
                    "delivered_at": now,
                }
            ],
        )

    def publication(self) -> Publication:
        """The publication that readers see. Raises: GateNotPassed when there is none."""
        rows = [in_utc(row) for row in self.ledger.visible_publication()]
        if not rows:
            raise GateNotPassed("nothing is published; run `lakewarden publish`")
        return Publication(rows[0]["publication_id"], max(row["published_at"] for row in rows))

    def _ask(self, condition: str, **parameters: object) -> list[Edition]:
        rows = self.ledger.ask(
            f"SELECT * EXCLUDE (updated_at) FROM reports WHERE {condition} ORDER BY report, period, version",
            **parameters,
        )
        return [_edition(row) for row in rows]


def _edition(row: dict[str, Any]) -> Edition:
    signatures = tuple(Signature(**in_utc(one)) for one in row["signatures"])
    changes = tuple(Change(**one) for one in row["changes"])
    kept = {"state": EditionState(row["state"]), "signatures": signatures, "changes": changes}
    return Edition(**{**in_utc(row), **kept})
