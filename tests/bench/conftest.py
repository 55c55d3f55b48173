"""Measurements run only where they are asked for by their mark, because they take minutes and a quiet machine."""

import pytest

from tests.e2e.conftest import browser, site  # noqa: F401 - fixtures


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave measurements out, visibly as deselected, unless `-m` names them."""
    if "bench" in (config.option.markexpr or ""):
        return
    left_out = [item for item in items if item.get_closest_marker("bench")]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
