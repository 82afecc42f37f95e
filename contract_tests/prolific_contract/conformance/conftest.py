"""Rejects a run with missing or invalid options before it starts."""

import pytest

from prolific_contract.conformance._session import check_of
from prolific_contract.gate._check import CheckUsageError


def pytest_collection_modifyitems(config: pytest.Config) -> None:
    """Validate the options.

    Raises:
        pytest.UsageError: An option is missing or invalid.
    """
    # A worker of pytest-xdist can only fail a test: raising here would crash it.
    if hasattr(config, "workerinput"):
        return
    try:
        check_of(config)
    except CheckUsageError as error:
        raise pytest.UsageError(str(error)) from error
