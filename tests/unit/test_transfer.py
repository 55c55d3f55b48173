"""Packages between networks: what goes in comes out, whatever is killed, cut, altered or carried twice in between."""

import errno
import hashlib
import json
import os
import re
import stat
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from typer.testing import CliRunner

from contracts.loading import load
from contracts.model import Contract
from jobs.cli import app
from jobs.errors import NotAPeer, PackageIncomplete, PackageRefused, PackingStopped
from jobs.ingest.arrival import arrivals
from jobs.transfer.manifest import MANIFEST, Manifest, PackedFile, part_name, planned
from jobs.transfer.outbox import Outbox
from jobs.transfer.pack import arrived_parts, pack, read_receipt, resend
from jobs.transfer.signing import PACKAGE, Peers
from jobs.transfer.unpack import open_package, unpack

CUSTOMERS, FEEDBACK = "crm.customers", "forms.market_feedback"
CONTRACTS = {dataset: load(dataset) for dataset in (CUSTOMERS, FEEDBACK)}
#: Arrival day and content by dataset; the empty file is in no part.
FILES = {CUSTOMERS: [("2026-01-30", b"a" * 70), ("2026-01-31", b"b" * 5)], FEEDBACK: [("2026-01-31", b"")]}


@dataclass
class Side:
    """One installation."""

    home: Path
    contracts: dict[str, Contract]

    @property
    def peers(self) -> Peers:
        return Peers(self.home)

    @property
    def outbox(self) -> Outbox:
        return Outbox(self.home, self.contracts)

    def put(self, dataset: str, day: str, content: bytes, name: str = "欧阳测试.csv") -> Path:
        family, _, folder = dataset.partition(".")
        path = self.home / "landing" / family / folder / day / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
        return path

    def landed(self) -> dict[tuple[str, str, str], bytes]:
        """What the next ingest takes: dataset, arrival day, digest, and the bytes."""
        return {
            (dataset, arrival.arrival_date.isoformat(), arrival.sha256): arrival.path.read_bytes()
            for dataset, contract in self.contracts.items()
            for arrival in arrivals(self.home / "landing", contract, day=None, settle_seconds=0)
        }

    def pack(
        self, target: Path, *datasets: str, part_bytes: int = 32, advance: Callable = lambda _: None
    ) -> list[Path]:
        plans = self.outbox.claim(
            self.peers.own_name(), datasets or self.contracts, part_bytes=part_bytes, settle_seconds=0
        )
        return [pack(self.outbox, self.peers, plan, target, advance) for plan in plans]

    def unpack(self, folder: Path, advance: Callable = lambda _: None) -> Path:
        return unpack(self.home, open_package(folder, self.peers, self.contracts), self.peers, self.contracts, advance)


@pytest.fixture
def sender(tmp_path: Path) -> Side:
    side = Side(tmp_path / "branch", dict(CONTRACTS))
    side.peers.create("branch-a")
    return side


@pytest.fixture
def receiver(tmp_path: Path, sender: Side) -> Side:
    side = Side(tmp_path / "centre", dict(CONTRACTS))
    sender.peers.trust("centre", side.peers.create("centre"))
    side.peers.trust("branch-a", sender.peers.create("branch-a"))
    return side


@pytest.fixture
def medium(tmp_path: Path) -> Path:
    (tmp_path / "medium").mkdir()
    return tmp_path / "medium"


@pytest.fixture
def package(sender: Side, medium: Path) -> Path:
    """70 + 5 + 0 bytes in parts of 32, 32 and 11."""
    for dataset, files in FILES.items():
        for number, (day, content) in enumerate(files):
            sender.put(dataset, day, content, f"{number}.csv")
    (folder,) = sender.pack(medium)
    return folder


def expected() -> dict[tuple[str, str, str], bytes]:
    return {
        (dataset, day, hashlib.sha256(content).hexdigest()): content
        for dataset, files in FILES.items()
        for day, content in files
    }


def everything_below(*folders: Path) -> str:
    paths = [path for folder in folders for path in folder.rglob("*")]
    return "\n".join([*map(str, paths), *(path.read_text("utf-8", "replace") for path in paths if path.is_file())])


def resigned(sender: Side, package: Path, change: Callable[[dict], object]) -> None:
    """What a sender whom we trust could state, by mistake or on purpose."""
    stated = json.loads((package / MANIFEST).read_bytes().partition(b"\n")[2])
    change(stated)
    (package / MANIFEST).write_bytes(sender.peers.signed(PACKAGE, json.dumps(stated).encode()))


def test_what_goes_in_comes_out_under_its_dataset_and_arrival_day(package, receiver, sender):
    assert sorted(path.name for path in package.iterdir()) == [
        MANIFEST, "part-00001.bin", "part-00002.bin", "part-00003.bin",
    ]  # fmt: skip
    receipt = receiver.unpack(package)
    assert receiver.landed() == expected()
    read = read_receipt(sender.peers, receipt.read_bytes())
    assert (read.package_id, read.receiver, read.part_count, read.parts_missing, read.is_landed) == (
        package.name, "centre", 3, (), True,
    )  # fmt: skip
    assert not (receiver.home / "transfer" / "incoming" / package.name).exists()


def test_the_manifest_says_what_there_is_of_each_dataset_and_under_which_contract(package):
    manifest = Manifest.from_bytes((package / MANIFEST).read_bytes().partition(b"\n")[2], "manifest")
    assert {name: (dataset.file_count, dataset.byte_count) for name, dataset in manifest.datasets.items()} == {
        CUSTOMERS: (2, 75), FEEDBACK: (1, 0),
    }  # fmt: skip
    assert manifest.datasets[CUSTOMERS].contract_fingerprint == load(CUSTOMERS).fingerprint
    assert [part.size_bytes for part in manifest.parts] == [32, 32, 11]


def test_no_file_name_and_no_private_key_leaves(sender, receiver, medium):
    sender.put(CUSTOMERS, "2026-01-31", b"x", "欧阳测试_13800138000.csv")
    (folder,) = sender.pack(medium)
    receiver.unpack(folder)
    (private,) = (sender.home / "keys" / "transfer" / "own").iterdir()
    written = everything_below(medium, receiver.home)
    assert "欧阳" not in written
    assert "13800138000" not in written
    assert private.read_bytes().hex() not in written
    assert private.read_bytes() not in (folder / MANIFEST).read_bytes()


def test_the_private_key_is_for_its_owner_only(sender):
    (private,) = (sender.home / "keys" / "transfer" / "own").iterdir()
    assert stat.S_IMODE(private.stat().st_mode) == 0o600
    assert stat.S_IMODE(private.parent.stat().st_mode) == 0o700


def test_a_second_run_packs_nothing_even_when_the_same_bytes_arrive_again(package, sender, medium):
    assert sender.pack(medium) == []
    again = sender.put(CUSTOMERS, "2026-02-01", FILES[CUSTOMERS][0][1])
    assert sender.pack(medium) == []
    assert not again.exists()
    sender.put(CUSTOMERS, "2026-02-01", b"new")
    (second,) = sender.pack(medium)
    assert second != package


def test_only_the_chosen_datasets_are_packed(sender, receiver, medium):
    sender.put(CUSTOMERS, "2026-01-31", b"c")
    stays = sender.put(FEEDBACK, "2026-01-31", b"f")
    (folder,) = sender.pack(medium, CUSTOMERS)
    receiver.unpack(folder)
    assert [dataset for dataset, _, _ in receiver.landed()] == [CUSTOMERS]
    assert stays.exists()


def test_a_file_that_may_still_grow_is_left_for_the_next_run(sender):
    sender.put(CUSTOMERS, "2026-01-31", b"c")
    assert sender.outbox.claim("branch-a", [CUSTOMERS], part_bytes=32, settle_seconds=60) == []


class Killed(BaseException):
    """Ends a run where it stands, as kill -9 does."""


def killed_at(step: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """End the run instead of its `step`-th change to the file system."""
    steps = iter(range(1, 10_000))

    def dying(real: Callable) -> Callable:
        def call(*args, **kwargs):
            if next(steps) == step:
                raise Killed
            return real(*args, **kwargs)

        return call

    for owner, names in ((Path, ("replace", "rename", "unlink", "mkdir", "touch", "chmod")), (os, ("fsync",))):
        for name in names:
            monkeypatch.setattr(owner, name, dying(getattr(owner, name)))


def runs_until_whole(run: Callable[[], object], monkeypatch: pytest.MonkeyPatch, step: int) -> bool:
    """Whether the run was killed at that step; if so, it was run again to its end."""
    with monkeypatch.context() as fault:
        killed_at(step, fault)
        try:
            run()
        except Killed:
            pass
        else:
            return False
    run()
    return True


def test_packing_may_be_killed_at_any_step_and_ends_with_one_package_of_the_same_parts(tmp_path, monkeypatch):
    for step in range(1, 200):
        side = Side(tmp_path / f"branch-{step}", dict(CONTRACTS))
        side.peers.create("branch-a")
        medium = tmp_path / f"medium-{step}"
        medium.mkdir()
        for dataset, files in FILES.items():
            for number, (day, content) in enumerate(files):
                side.put(dataset, day, content, f"{number}.csv")
        was_killed = runs_until_whole(lambda side=side, medium=medium: side.pack(medium), monkeypatch, step)
        (folder,) = (path for path in medium.iterdir() if (path / MANIFEST).exists())
        held = {path.name: path.read_bytes() for path in folder.glob("part-*.bin")}
        assert held == {
            part_name(1): b"a" * 32, part_name(2): b"a" * 32, part_name(3): b"a" * 6 + b"b" * 5,
        }, step  # fmt: skip
        assert side.landed() == {}, step
        assert side.pack(medium) == [], step
        if not was_killed:
            break
    assert step > 30, "hardly any step was tried: this test would prove nothing"


def test_unpacking_may_be_killed_at_any_step_and_every_file_lands_once_and_whole(
    package, receiver, tmp_path, monkeypatch
):
    keys = receiver.home / "keys"
    for step in range(1, 200):
        side = Side(tmp_path / f"centre-{step}", dict(CONTRACTS))
        side.home.mkdir()
        (side.home / "keys").symlink_to(keys)

        def run(side=side):
            if (side.home / "transfer" / "receipts" / f"{package.name}.receipt").exists():
                with pytest.raises(PackageRefused, match="was landed on"):  # it was killed behind its last write
                    side.unpack(package)
            else:
                side.unpack(package)

        was_killed = runs_until_whole(run, monkeypatch, step)
        assert side.landed() == expected(), step
        assert list((side.home / "transfer" / "incoming").iterdir()) == [], step
        if not was_killed:
            break
    assert step > 20, "hardly any step was tried: this test would prove nothing"


def test_parts_that_stand_whole_are_not_copied_again(package, receiver):
    (package / part_name(2)).rename(package / "away")
    first: list[int] = []
    with pytest.raises(PackageIncomplete, match=r"part 2 of 3 is missing\. What arrived is kept"):
        receiver.unpack(package, first.append)
    assert (sum(first), receiver.landed()) == (32 + 11, {})
    (package / "away").rename(package / part_name(2))
    for number in (1, 3):
        (package / part_name(number)).unlink()
    rest: list[int] = []
    receiver.unpack(package, rest.append)
    assert (sum(rest), receiver.landed()) == (32, expected())


def test_the_receipt_of_what_arrived_brings_exactly_the_rest(package, receiver, sender, tmp_path):
    (package / part_name(2)).unlink()
    with pytest.raises(PackageIncomplete):
        receiver.unpack(package)
    receipt = (receiver.home / "transfer" / "receipts" / f"{package.name}.receipt").read_bytes()
    manifest = sender.outbox.manifest(package.name)
    arrived = arrived_parts(sender.peers, manifest, receipt)
    assert arrived == {1, 3}
    second = tmp_path / "second"
    second.mkdir()
    folder = resend(sender.outbox, sender.peers, manifest, second, lambda _: None, arrived=arrived)
    assert sorted(path.name for path in folder.iterdir()) == [MANIFEST, part_name(2)]
    assert (folder / MANIFEST).read_bytes() == (package / MANIFEST).read_bytes()
    receiver.unpack(folder)
    assert receiver.landed() == expected()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda path: path.write_bytes(b"b" + path.read_bytes()[1:]), "part 2 of 3 was altered or damaged"),
        (lambda path: path.write_bytes(path.read_bytes()[:-1]), "part 2 of 3 has 31 bytes instead of 32"),
        (lambda path: path.write_bytes(path.read_bytes() + b"\0"), "part 2 of 3 has 33 bytes instead of 32"),
        (lambda path: path.unlink(), "part 2 of 3 is missing"),
        (lambda path: (path.unlink(), path.mkdir()), "part 2 of 3 is missing"),
        (lambda path: (path.rename(path.with_suffix(".x")), path.symlink_to(path.with_suffix(".x"))), "is missing"),
    ],
)
def test_a_part_that_is_not_as_it_was_is_named_and_nothing_lands(package, receiver, change, said):
    change(package / part_name(2))
    with pytest.raises(PackageIncomplete, match=said):
        receiver.unpack(package)
    assert receiver.landed() == {}
    assert not (receiver.home / "landing").exists()


def test_all_bad_parts_are_told_at_once(package, receiver):
    (package / part_name(1)).write_bytes(b"z" * 32)
    (package / part_name(3)).unlink()
    with pytest.raises(PackageIncomplete, match=r"part 1 of 3 was altered.*; part 3 of 3 is missing"):
        receiver.unpack(package)


def test_a_manifest_of_which_one_byte_changed_is_refused(package, receiver):
    signed = (package / MANIFEST).read_bytes()
    assert b'"file_count": 2' in signed
    (package / MANIFEST).write_bytes(signed.replace(b'"file_count": 2', b'"file_count": 3'))
    with pytest.raises(PackageRefused, match="the package was altered"):
        receiver.unpack(package)
    (package / MANIFEST).write_bytes(signed[: len(signed) // 2])
    with pytest.raises(PackageRefused, match="the package was altered"):
        receiver.unpack(package)
    (package / MANIFEST).write_bytes(signed.partition(b"\n")[2])
    with pytest.raises(PackageRefused, match="does not begin with a signature"):
        receiver.unpack(package)
    (package / MANIFEST).unlink()
    with pytest.raises(PackageRefused, match=r"there is no manifest\.signed"):
        receiver.unpack(package)


def test_a_stranger_is_refused_and_named_and_so_is_one_who_borrows_a_name(package, receiver, tmp_path):
    content = (package / MANIFEST).read_bytes().partition(b"\n")[2]
    stranger, thief = Peers(tmp_path / "stranger"), Peers(tmp_path / "thief")
    stranger.create("somebody")
    thief.create("branch-a")
    (package / MANIFEST).write_bytes(stranger.signed(PACKAGE, content))
    with pytest.raises(NotAPeer, match="signed by 'somebody', whom nobody here trusts"):
        receiver.unpack(package)
    (package / MANIFEST).write_bytes(thief.signed(PACKAGE, content))
    with pytest.raises(PackageRefused, match="the key of 'branch-a' is another one"):
        receiver.unpack(package)
    receiver.peers.trust("somebody", stranger.create("somebody"))
    (package / MANIFEST).write_bytes(stranger.signed(PACKAGE, content))
    with pytest.raises(PackageRefused, match="the package of 'branch-a' is signed by 'somebody'"):
        receiver.unpack(package)


def test_a_receipt_does_not_pass_for_a_package(package, receiver, sender):
    content = (package / MANIFEST).read_bytes().partition(b"\n")[2]
    (package / MANIFEST).write_bytes(sender.peers.signed("receipt", content))
    with pytest.raises(PackageRefused, match="its signature does not fit"):
        receiver.unpack(package)


@pytest.mark.parametrize(
    ("place", "value"),
    [
        ("dataset", "../../keys"),
        ("dataset", "crm/customers"),
        ("arrival_date", "../2026-01-31"),
        ("sha256", "../" + "a" * 61),
        ("sha256", "A" * 64),
        ("size_bytes", -1),
        ("size_bytes", "70"),
        ("name", "欧阳测试.csv"),
    ],
)
def test_a_trusted_sender_cannot_name_a_place_either(package, receiver, sender, place, value):
    resigned(sender, package, lambda stated: stated["files"][0].__setitem__(place, value))
    with pytest.raises(
        PackageRefused, match=rf"the manifest is not what this version writes: files\.0\.{place}"
    ) as told:
        receiver.unpack(package)
    assert str(value) not in str(told.value).replace("files.0", "")
    assert not (receiver.home / "landing").exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda stated: stated["files"].append(stated["files"][0]), "the counts of its datasets"),
        (lambda stated: stated["parts"].pop(), "the sizes of its parts"),
        (lambda stated: stated.update(package_id="0" * 16), "its id is not that of its content"),
        (lambda stated: stated.update(package_id="../" + "0" * 13), "package_id"),
        (lambda stated: stated["datasets"].pop(FEEDBACK), "the counts of its datasets"),
    ],
)
def test_a_manifest_that_contradicts_itself_is_refused(package, receiver, sender, change, said):
    resigned(sender, package, change)
    with pytest.raises(PackageRefused, match=said):
        receiver.unpack(package)


def test_parts_that_are_right_and_files_that_are_not_do_not_land(package, receiver, sender):
    good = sender.outbox.manifest(package.name)
    files = [file.model_copy(update={"sha256": "0" * 64}) if file.size_bytes == 5 else file for file in good.files]
    plan = planned("branch-a", files, sender.contracts, part_bytes=32, now=datetime.now(UTC))
    lying = Manifest(**dict(plan), parts=good.parts).as_bytes()
    (package / MANIFEST).write_bytes(sender.peers.signed(PACKAGE, lying))
    with pytest.raises(PackageIncomplete, match="part 3 of 3 does not give the files"):
        receiver.unpack(package)
    assert receiver.landed() == {}


def test_a_package_is_landed_once(package, receiver):
    receipt = receiver.unpack(package)
    with pytest.raises(PackageRefused, match=r"was landed on 20.*nothing is to be done, its receipt is"):
        receiver.unpack(package)
    assert receipt.is_file()


def test_another_contract_is_refused_until_both_sides_have_the_same(package, receiver, sender, medium):
    version = re.escape(load(CUSTOMERS).version)
    newer = replace(load(CUSTOMERS), version="99.0.0", fingerprint="ab" * 32)
    receiver.contracts[CUSTOMERS] = newer
    with pytest.raises(PackageRefused, match=rf"packed under crm\.customers {version} .*here is 99\.0\.0 \(abab"):
        receiver.unpack(package)
    sender.contracts[CUSTOMERS] = newer
    old = sender.outbox.manifest(package.name)
    anew = resend(sender.outbox, sender.peers, old, medium, lambda _: None, arrived=frozenset())
    assert anew != package
    receiver.unpack(anew)
    assert receiver.landed() == expected()


def test_a_dataset_without_a_contract_here_is_refused(package, receiver):
    del receiver.contracts[FEEDBACK]
    with pytest.raises(PackageRefused, match=r"holds forms\.market_feedback, which has no contract here"):
        receiver.unpack(package)


def test_a_file_that_changed_after_it_was_claimed_goes_back_and_is_packed_as_it_is_then(sender, receiver, medium):
    sender.put(CUSTOMERS, "2026-01-31", b"half")
    sender.put(CUSTOMERS, "2026-01-31", b"good", "other.csv")
    (plan,) = sender.outbox.claim("branch-a", [CUSTOMERS], part_bytes=32, settle_seconds=0)
    (growing,) = (file for file in plan.files if file.sha256 == hashlib.sha256(b"half").hexdigest())
    kept = sender.outbox.file(growing)
    kept.chmod(0o600)
    kept.write_bytes(b"half and the rest")
    with pytest.raises(PackingStopped, match="changed after they were claimed"):
        pack(sender.outbox, sender.peers, plan, medium, lambda _: None)
    assert list(medium.iterdir()) == []
    (folder,) = sender.pack(medium)
    receiver.unpack(folder)
    assert sorted(receiver.landed().values()) == [b"good", b"half and the rest"]


def test_a_full_medium_stops_with_a_sentence_and_the_next_run_goes_on(sender, receiver, medium, monkeypatch):
    sender.put(CUSTOMERS, "2026-01-31", b"x" * 100)
    (plan,) = sender.outbox.claim("branch-a", [CUSTOMERS], part_bytes=32, settle_seconds=0)

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", "a path")

    with monkeypatch.context() as fault:
        fault.setattr(os, "fsync", full)
        with pytest.raises(
            PackingStopped, match=r"could not be written: No space left on device\. Whole parts are kept"
        ):
            pack(sender.outbox, sender.peers, plan, medium, lambda _: None)
    (folder,) = sender.pack(medium)
    receiver.unpack(folder)
    assert list(receiver.landed().values()) == [b"x" * 100]


def test_a_medium_that_is_not_there_is_not_made(sender, tmp_path):
    sender.put(CUSTOMERS, "2026-01-31", b"x")
    with pytest.raises(PackingStopped, match="No such file or directory"):
        sender.pack(tmp_path / "not mounted")
    assert not (tmp_path / "not mounted").exists()


def test_a_damaged_part_on_the_medium_is_made_again_and_the_others_are_left(package, sender, medium):
    first, second = package / part_name(1), package / part_name(2)
    kept = first.stat().st_mtime_ns
    second.write_bytes(b"?" * 32)
    resend(sender.outbox, sender.peers, sender.outbox.manifest(package.name), medium, lambda _: None, arrived=[])
    assert second.read_bytes() == b"a" * 32
    assert first.stat().st_mtime_ns == kept


def test_a_big_file_goes_in_parts_with_flat_memory(sender, receiver, medium):
    content = os.urandom(1 << 20) * 48
    sender.put(CUSTOMERS, "2026-01-31", content)
    tracemalloc.start()
    (folder,) = sender.pack(medium, part_bytes=10 << 20)
    receiver.unpack(folder)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert [path.stat().st_size >> 20 for path in sorted(folder.glob("part-*"))] == [10, 10, 10, 10, 8]
    assert peak < 16 << 20
    assert list(receiver.landed().values()) == [content]


def test_names_and_keys_are_not_replaced_in_silence(sender, receiver):
    with pytest.raises(NotAPeer, match="this installation is 'branch-a' already"):
        sender.peers.create("branch-b")
    with pytest.raises(NotAPeer, match="trusted with another key"):
        receiver.peers.trust("branch-a", "0" * 64)
    with pytest.raises(NotAPeer, match="64 hexadecimal digits"):
        receiver.peers.trust("branch-c", "../x")
    with pytest.raises(NotAPeer, match="small letters"):
        receiver.peers.trust("../x", "0" * 64)


def test_nothing_is_claimed_by_an_installation_without_a_name(tmp_path, medium):
    side = Side(tmp_path / "nameless", dict(CONTRACTS))
    path = side.put(CUSTOMERS, "2026-01-31", b"x")
    with pytest.raises(NotAPeer, match="lakewarden peers create"):
        side.pack(medium)
    assert path.exists()


def test_the_commands_of_both_sides(tmp_path, medium, monkeypatch):
    def lakewarden(home: str, *arguments: str) -> str:
        monkeypatch.setenv("LAKE_HOME", str(tmp_path / home))
        monkeypatch.setenv("LAKEWARDEN_SETTLE_SECONDS", "0")
        result = CliRunner().invoke(app, arguments, catch_exceptions=False)
        assert result.exit_code == 0, result.output
        return " ".join(result.output.split())

    sender, receiver = Side(tmp_path / "branch", dict(CONTRACTS)), Side(tmp_path / "centre", dict(CONTRACTS))
    for home, name, other in (("branch", "branch-a", "centre"), ("centre", "centre", "branch")):
        trust = lakewarden(home, "peers", "create", name).split()
        lakewarden(other, *trust[1:5])
    sender.put(CUSTOMERS, "2026-01-31", b"x" * 10)
    version = CONTRACTS[CUSTOMERS].version
    assert f"crm.customers {version}: 1 files, 10 bytes" in lakewarden("branch", "pack", str(medium), CUSTOMERS)
    assert lakewarden("branch", "pack", str(medium)) == "nothing new to pack"
    (package,) = medium.iterdir()
    assert "next: lakewarden ingest crm.customers" in lakewarden("centre", "unpack", str(package))
    receipt = tmp_path / "centre" / "transfer" / "receipts" / f"{package.name}.receipt"
    assert "1 of 1 parts arrived, landed" in lakewarden("branch", "receipt", str(receipt))
    assert list(receiver.landed().values()) == [b"x" * 10]


def test_a_packed_file_has_no_field_for_a_name():
    assert set(PackedFile.model_fields) == {"dataset", "arrival_date", "sha256", "size_bytes"}
