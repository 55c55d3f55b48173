"""What readers of the desensitised zone see while a key domain is half rotated: the rows as they were before, whole.

Batches are made again in place, one after the other. Meanwhile each view of the domain's datasets shows one version of
its table, from before. It is a view that can show both that version and the live rows; which of the two is a row of the
ledger, so one commit moves the readers of all datasets at once, forward and back.
"""

from collections.abc import Iterable, Mapping, Sequence

from deltalake import DeltaTable

from contracts.model import Contract
from jobs.keys.record import ShownTable, View, record_shown, shown_tables
from jobs.storage.lake import Lake
from jobs.storage.ledger import Ledger
from jobs.storage.zones import Zone


def freeze(lake: Lake, ledger: Ledger, contracts: Iterable[Contract]) -> None:
    """From here on readers of these datasets see the rows that are released now, whatever is written.

    The caller holds the turns of the datasets. Safe to repeat and to kill while no new key version is recorded.
    """
    made = [_as_shown_now(lake, ledger, contract) for contract in contracts]
    record_shown(ledger, (table for table, _ in made), View.SWITCHING)
    for table, contract in made:
        lake.spark.sql(switching_view(lake, contract, table))
    record_shown(ledger, (table for table, _ in made), View.FROZEN)


def thaw(lake: Lake, ledger: Ledger, contracts: Mapping[str, Contract]) -> Sequence[str]:
    """Move the readers of every frozen dataset to the live rows, all in one commit; returns the datasets.

    Safe to repeat and to kill: afterwards, and only for speed, the views become plain again. That of a dataset whose
    contract has gone, or has got a column that no batch brought yet, stays as it is and shows the live rows.
    """
    frozen = shown_tables(ledger, View.FROZEN)
    if frozen:
        record_shown(ledger, frozen, View.SWITCHING)
    plain = [
        table for table in shown_tables(ledger, View.SWITCHING) if _has_all_columns(lake, contracts, table.dataset)
    ]
    for table in plain:
        lake.release(contracts[table.dataset])
    if plain:
        record_shown(ledger, plain, View.LIVE)
    return [table.dataset for table in frozen]


def _has_all_columns(lake: Lake, contracts: Mapping[str, Contract], dataset: str) -> bool:
    contract = contracts.get(dataset)
    return contract is not None and set(contract.desensitised_columns) <= _columns(lake, contract)


def _columns(lake: Lake, contract: Contract, version: int | None = None) -> set[str]:
    table = DeltaTable(lake.path(Zone.DESENSITISED, contract.table), version=version)
    return {field.name for field in table.schema().fields}


def _as_shown_now(lake: Lake, ledger: Ledger, contract: Contract) -> tuple[ShownTable, Contract]:
    """The dataset's newest version and the batches in it that are not released; made, empty, if it is not there."""
    lake.spark.sql("CREATE DATABASE IF NOT EXISTS desensitised")
    if not lake.exists(Zone.DESENSITISED, contract.table):
        lake.create(Zone.DESENSITISED, contract.table, contract.desensitised_columns)
    hidden = tuple(batch.batch_id for batch in ledger.waiting_batches(contract.id))
    version = lake.version(Zone.DESENSITISED, contract.table)
    return ShownTable(contract.id, View.SWITCHING, version, hidden), contract


def switching_view(lake: Lake, contract: Contract, table: ShownTable) -> str:
    """The statement that makes the view: the rows of one version where the ledger says frozen, the live ones where not.

    Its columns are those that the version has; one that came later is seen when the view is plain again.
    """
    path, ops = lake.path(Zone.DESENSITISED, contract.table), lake.home / Zone.OPS
    held = _columns(lake, contract, table.table_version)
    columns = ", ".join(f"`{name}`" for name in contract.desensitised_columns if name in held)
    hidden = ", ".join(f"'{batch_id}'" for batch_id in table.hidden_batches)
    visible = f"WHERE batch_id NOT IN ({hidden})" if hidden else ""
    return (
        f"CREATE OR REPLACE VIEW desensitised.{contract.table} AS SELECT {columns} FROM ("
        f"SELECT {columns}, true AS is_frozen FROM delta.`{path}` VERSION AS OF {table.table_version} {visible} "
        f"UNION ALL SELECT {columns}, false AS is_frozen FROM delta.`{path}` "
        f"LEFT SEMI JOIN (SELECT batch_id AS released_id FROM delta.`{ops}/batches` WHERE dataset = '{contract.id}' "
        f"AND zone = 'desensitised' AND state = 'passed') ON released_id = batch_id) "
        f"LEFT SEMI JOIN (SELECT state = '{View.FROZEN}' AS shows_frozen FROM delta.`{ops}/shown_tables` "
        f"WHERE dataset = '{contract.id}') ON shows_frozen = is_frozen"
    )
