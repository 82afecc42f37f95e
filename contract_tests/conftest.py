import functools
import ssl
from collections.abc import Iterator

import pytest

# Tests for users' servers, not of this project.
collect_ignore = ["prolific_contract"]


@pytest.fixture(scope="session", autouse=True)
def _certificates_are_read_once() -> Iterator[None]:
    """Reading them takes 40 ms, and nearly every test makes an HTTP client."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ssl, "create_default_context", functools.cache(ssl.create_default_context))
        yield
