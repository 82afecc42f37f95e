"""Refuses a run that can't check anything, before it begins."""

import pytest

from prolific_contract.conformance._session import check_of
from prolific_contract.gate._check import UsageError


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Say what is missing on the command line.

    Raises:
        pytest.UsageError: Something is missing or can't be used.
    """
    # A worker of pytest-xdist can only fail a test: raising here would crash it.
    if hasattr(config, "workerinput") or not any(map(_is_ours, items)):
        return
    try:
        check_of(config)
    except UsageError as error:
        raise pytest.UsageError(str(error)) from error


def _is_ours(item: pytest.Item) -> bool:
    module = item.getparent(pytest.Module)
    return module is not None and module.obj.__name__.startswith(__package__ or "-")
