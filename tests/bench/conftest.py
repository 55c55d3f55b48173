"""Measurements run only where they are asked for by their mark, because they take minutes and a quiet machine."""

from collections.abc import Iterator

import pytest

from contracts.model import Contract
from tests.bench.wide import contract
from tests.conftest import Platform, installation
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
    """An engine alone, with a user's settings: those of tests trade the speed of long work for that of the first second."""
    platform = installation(".lake-bench", 15270)
    platform.run("python", "-m", "infra.services.up", "engine")
    yield platform
    platform.run("python", "-m", "infra.services.down", check=False)


@pytest.fixture(scope="session")
def engine_pid(job_engine: Platform) -> int:
    """The process id of the engine's JVM."""
    return job_engine.engine_pid()


@pytest.fixture(scope="session")
def wide(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    """The contract of the wide table."""
    return contract(tmp_path_factory.mktemp("contracts"))
