"""Where exports are asked for, approved and written: the rules, the ledger, the audit and the place put together.

Every step is an act of the chained audit, and whatever has ended is removed before any other step. Steps are taken one
at a time, under the turn `exports`.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from jobs.approval.accounts import CLOCK
from jobs.approval.people import People, Person
from jobs.approval.place import Place
from jobs.audit.log import Audit
from jobs.errors import ExportRefused
from jobs.export import rules
from jobs.export.published import columns_of_marts, rows_as_csv
from jobs.export.rules import GRANTS, Export, ExportState
from jobs.storage.ledger import Ledger
from jobs.storage.ledger_rows import in_utc


@dataclass(frozen=True)
class Desk:
    """`published`: the file that readers see. `now`: the moment of this command, UTC."""

    ledger: Ledger
    people: People
    audit: Audit
    published: Path
    place: Place
    now: datetime

    def request(
        self, mart: str, columns: Sequence[str], *, only: Sequence[str], row_limit: int, reason: str, account: str,
        days: int,
    ) -> tuple[Export, list[Person]]:  # fmt: skip
        """Write a request down; the same request again is the one there is. With it, who may approve.

        Raises: ExportRefused, UnknownPerson; UnknownPerson too when there is nobody else who may approve.
        """
        self.expire()
        with self.audit.acting(account, "export.request", "marts") as details:
            approvers = self.people.approvers_beside(self.people.who(account))
            made = rules.request(
                columns_of_marts(self.published), mart, columns,
                only=only, row_limit=row_limit, reason=reason, requester=account, now=self.now, days=days,
            )  # fmt: skip
            details.update(export_id=made.export_id, mart=mart, columns=len(made.columns), reason=reason)
            if known := self._find(made.export_id):
                rules.require_not_ended(known, self.now)
                return known, approvers
            self._keep(made)
        return made, approvers

    def approve(self, export_id: str, account: str) -> Export:
        """Agree as somebody else. Raises: SelfApproval, UnknownPerson, GrantEnded, ExportRefused."""
        self.expire()
        with self.audit.acting(account, "export.approve", "marts") as details:
            export = self.find(export_id)
            details.update(export_id=export.export_id, requester=export.requester, reason=export.reason)
            by, requester = self.people.who(account), self.people.who(export.requester)
            made = rules.approved(export, account=account, by=by, requester=requester, now=self.now)
            self._keep(made)
        return made

    def run(self, export_id: str, account: str) -> tuple[Path, int]:
        """Write the rows into the requester's own folder, as they are published now; the file and its number of rows.

        Raises: UnknownPerson, GrantEnded, ExportRefused; nothing is written then.
        """
        self.expire()
        with self.audit.acting(account, "export.run", "marts") as details:
            export = self.find(export_id)
            by, requester = self.people.who(account), self.people.who(export.requester)
            rules.require_runnable(export, by=by, requester=requester, now=self.now)
            details.update(export_id=export.export_id, mart=export.mart, approver=str(export.decided_by))
            self._require_still_published(export)
            content, count = rows_as_csv(self.published, export)
            # The ledger first: a file without a grant would be swept, a grant without its file is run again.
            self._keep(replace(export, state=ExportState.WRITTEN, written_at=self.now, row_count=count))
            path = self.place.put(by.name, export.export_id, content)
            details.update(rows=count)
        return path, count

    def expire(self) -> list[Export]:
        """End what has run out of time, then remove every file without a grant; safe to repeat and to kill."""
        past = [one for one in self._ask("state <> $over", over=ExportState.EXPIRED) if rules.is_past(one, self.now)]
        for export in past:
            with self.audit.acting(CLOCK, "export.expire", "marts", export_id=export.export_id):
                self._keep(replace(export, state=ExportState.EXPIRED))
        live = {one.export_id for one in self._ask("state IN (SELECT unnest($states))", states=list(map(str, GRANTS)))}
        self.place.sweep(live)
        return past

    def find(self, export_id: str) -> Export:
        """Raises: ExportRefused for a request that nobody made."""
        if export := self._find(export_id):
            return export
        raise ExportRefused("there is no export of this id; `lakewarden export list` shows them")

    def listed(self) -> list[Export]:
        """All that were ever asked for, oldest first."""
        return self._ask("TRUE")

    def _require_still_published(self, export: Export) -> None:
        published = columns_of_marts(self.published).get(export.mart, ())
        if not {*export.columns, *(one.partition("=")[0] for one in export.only)} <= {*published}:
            raise ExportRefused(f"{export.mart} is not published with these columns any more; ask anew")

    def _find(self, export_id: str) -> Export | None:
        return next(iter(self._ask("export_id = $export_id", export_id=export_id)), None)

    def _ask(self, condition: str, **parameters: object) -> list[Export]:
        rows = self.ledger.ask(
            f"SELECT * EXCLUDE (updated_at) FROM exports WHERE {condition} ORDER BY requested_at, export_id",
            **parameters,
        )
        return [_export(row) for row in rows]

    def _keep(self, export: Export) -> None:
        self.ledger.record("exports", [{**asdict(export), "columns": [*export.columns], "only": [*export.only]}])


def _export(row: dict[str, Any]) -> Export:
    lists = {"columns": tuple(row["columns"]), "only": tuple(row["only"]), "state": ExportState(row["state"])}
    return Export(**{**in_utc(row), **lists})
