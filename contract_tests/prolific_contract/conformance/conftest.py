"""Refuses a run that can't check anything, before it begins."""

import pytest

from prolific_contract.conformance._session import check_of
from prolific_contract.gate._check import UsageError


def pytest_collection_modifyitems(config: pytest.Config) -> None:
    """Say what is missing on the command line.

    Raises:
        pytest.UsageError: Something is missing or can't be used.
    """
    # A worker of pytest-xdist can only fail a test: raising here would crash it.
    if hasattr(config, "workerinput"):
        return
    try:
        check_of(config)
    except UsageError as error:
        raise pytest.UsageError(str(error)) from error
