"""Measurements run only where they are asked for by their mark, because they take minutes and a quiet machine."""

from collections.abc import Iterator

import pytest

from contracts.model import Contract
from infra.services.installation import Installation
from infra.services.supervisor import states
from tests.bench.wide import contract
from tests.conftest import ROOT, Platform, _installation
from tests.e2e.conftest import browser, site  # noqa: F401 - fixtures


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave measurements out, visibly as deselected, unless `-m` names them."""
    if "bench" in (config.option.markexpr or ""):
        return
    left_out = [item for item in items if item.get_closest_marker("bench")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]


@pytest.fixture(scope="session")
def job_engine() -> Iterator[Platform]:
    """An engine as an installation has it, in place of the one of tests, which compiles in haste (ADR 2)."""
    platform = _installation(".lake-bench-engine", 15270, LAKEWARDEN_ENGINE_JAVA_OPTIONS="")
    platform.run("python", "-m", "infra.services.up", "engine")
    yield platform
    platform.run("python", "-m", "infra.services.down", check=False)


@pytest.fixture(scope="session")
def engine_pid(job_engine: Platform) -> int:
    """The process id of the engine's JVM."""
    return int(states(Installation(ROOT, job_engine.home))["engine"]["pid"])


@pytest.fixture(scope="session")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    """The contract of the wide table."""
    return contract(tmp_path_factory.mktemp("contracts"))
