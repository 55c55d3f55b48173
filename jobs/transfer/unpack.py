"""A package into landing: who signed it, what it was made under, each part, each file; then all of it, or nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from contracts.model import Contract
from jobs.errors import PackageIncomplete, PackageRefused
from jobs.ingest.arrival import inbox
from jobs.storage.turn import turn
from jobs.storage.whole_files import sync_folder, write_whole
from jobs.transfer.incoming import BadPart, Incoming
from jobs.transfer.manifest import MANIFEST, Manifest, Receipt
from jobs.transfer.pack import Advance
from jobs.transfer.signing import PACKAGE, RECEIPT, Peers

#: A manifest of half a million files has about this size.
_MOST_MANIFEST_BYTES = 128 << 20
_NAMED = 20


@dataclass(frozen=True)
class Package:
    """A package whose signature and contracts were found right; its parts have not been looked at."""

    folder: Path
    manifest: Manifest


def open_package(folder: Path, peers: Peers, contracts: Mapping[str, Contract]) -> Package:
    """Read who signed a package and what it claims to hold.

    Raises: PackageRefused when it is altered, or made under other contracts than those here; NotAPeer for a stranger.
    """
    path = folder / MANIFEST
    if path.is_symlink() or not path.is_file() or path.stat().st_size > _MOST_MANIFEST_BYTES:
        raise PackageRefused(f"there is no {MANIFEST} in the folder; name the folder of one package, copied whole")
    sender, content = peers.opened(PACKAGE, path.read_bytes())
    manifest = Manifest.from_bytes(content, "the manifest")
    if manifest.sender != sender:
        raise PackageRefused(f"the package of '{manifest.sender}' is signed by '{sender}'; ask both")
    _require_same_contracts(manifest, contracts)
    return Package(folder, manifest)


def unpack(home: Path, package: Package, peers: Peers, contracts: Mapping[str, Contract], advance: Advance) -> Path:
    """Take what is here of a package; once all of it is, land its files by arrival day. Returns the receipt's path.

    Whatever comes of it, a receipt says which parts have arrived.
    Raises: PackageRefused for a package that was landed before, PackageIncomplete for missing or damaged parts.
    """
    manifest = package.manifest
    receipt = home / "transfer" / "receipts" / f"{manifest.package_id}.receipt"
    incoming = Incoming(home, manifest)
    receiver = peers.own_name()
    with turn(home, "transfer"):
        _require_new(receipt, incoming)
        incoming.prepare()
        bad = _take_parts(incoming, package.folder, advance)
        bad |= (
            {}
            if bad or incoming.is_whole
            else dict.fromkeys(incoming.check(), "does not give the files that the manifest names")
        )
        if incoming.is_whole:
            _land(home / "landing", incoming, manifest, contracts)
        stated = Receipt(
            package_id=manifest.package_id,
            sender=manifest.sender,
            receiver=receiver,
            written_at=datetime.now(UTC),
            parts_missing=tuple(incoming.missing()),
            part_count=len(manifest.parts),
            is_landed=incoming.is_whole,
        )
        write_whole(receipt, peers.signed(RECEIPT, stated.as_bytes()))
        if not stated.is_landed:
            raise PackageIncomplete(_what_is_missing(manifest, bad, receipt))
        incoming.forget()
    return receipt


def _require_same_contracts(manifest: Manifest, contracts: Mapping[str, Contract]) -> None:
    for dataset, packed in manifest.datasets.items():
        here = contracts.get(dataset)
        if here is None:
            raise PackageRefused(
                f"package {manifest.package_id} holds {dataset}, which has no contract here; "
                "a new source starts with one"
            )
        if packed.contract_fingerprint != here.fingerprint:
            raise PackageRefused(
                f"package {manifest.package_id} was packed under {dataset} {packed.contract_version} "
                f"({packed.contract_fingerprint[:12]}), here is {here.version} ({here.fingerprint[:12]}); bring both "
                "sides to the same contract, then have the sender run `lakewarden resend`, which packs it anew"
            )


def _require_new(receipt: Path, incoming: Incoming) -> None:
    if not receipt.is_file():
        return
    before = Receipt.from_bytes(receipt.read_bytes().partition(b"\n")[2], receipt.name)
    if before.is_landed:
        incoming.forget()
        raise PackageRefused(
            f"package {before.package_id} was landed on {before.written_at:%Y-%m-%d}; nothing is to be done, "
            f"its receipt is {receipt}"
        )


def _take_parts(incoming: Incoming, folder: Path, advance: Advance) -> dict[int, str]:
    """Take every part that has not arrived yet; returns what is wrong with those that cannot be taken."""
    bad: dict[int, str] = {}
    for number in incoming.missing():
        try:
            incoming.take(number, folder, advance)
        except BadPart as fault:
            bad[number] = str(fault)
        except OSError as error:  # a bad sector here must not keep the other parts from being taken
            bad[number] = f"could not be copied: {error.strerror}"
    return bad


def _land(landing: Path, incoming: Incoming, manifest: Manifest, contracts: Mapping[str, Contract]) -> None:
    days = set()
    for file in manifest.files:
        day = inbox(landing, contracts[file.dataset]) / file.arrival_date.isoformat()
        incoming.land(file, day)
        days.add(day)
    for day in days:
        if day.is_dir():
            sync_folder(day)


def _what_is_missing(manifest: Manifest, bad: Mapping[int, str], receipt: Path) -> str:
    listed = [f"part {number} of {len(manifest.parts)} {fault}" for number, fault in list(bad.items())[:_NAMED]]
    more = f"; and {len(bad) - _NAMED} more" if len(bad) > _NAMED else ""
    return (
        f"package {manifest.package_id} is not whole, so nothing of it is landed: {'; '.join(listed)}{more}. "
        f"What arrived is kept. Copy these parts again, or take the receipt {receipt} back for `lakewarden resend`; "
        "then run the same command again"
    )
