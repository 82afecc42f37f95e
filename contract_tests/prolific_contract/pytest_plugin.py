"""pytest fixtures for tests of code that uses Prolific's exports.

A test that asks for ``prolific_sandbox`` gets a running stand-in for the API::

    def test_my_pipeline(prolific_sandbox, tmp_path):
        with Exports(token=prolific_sandbox.token, base_url=prolific_sandbox.url) as exports:
            ...

This module is loaded into every pytest run of an environment that has
prolific-exports installed, so it imports nothing but pytest before it is used.
"""

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prolific_contract.sandbox import Sandbox

MARKER = "prolific_sandbox"

# Long enough for a first status request to find a job generating, short enough
# for a suite of tests.
_GENERATION_SECONDS = 0.2
_EXTRA_PACKAGES = ("starlette", "uvicorn")


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known."""
    config.addinivalue_line(
        "markers",
        f"{MARKER}(**settings): settings of the sandbox for this test, "
        "by their names in prolific_contract.sandbox.SandboxSettings",
    )


@pytest.fixture(scope="session")
def prolific_sandbox_server() -> "Iterator[Sandbox]":
    """The server behind ``prolific_sandbox``, one a session, on a free loopback port.

    Use ``prolific_sandbox`` unless jobs are to outlive a test.
    """
    try:
        from prolific_contract.sandbox import Sandbox  # noqa: PLC0415 - see the module's docstring
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in _EXTRA_PACKAGES:
            raise
        pytest.fail(
            f"the prolific_sandbox fixture needs {package}, which is not installed: "
            "pip install 'prolific-exports[contract]'",
            pytrace=False,
        )
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def prolific_sandbox(
    request: pytest.FixtureRequest, prolific_sandbox_server: "Sandbox"
) -> "Sandbox":
    """A running stand-in for Prolific's export API, without any job in it.

    It has ``url`` and ``token`` to connect with, ``collection_id`` and ``batch_id``
    to export, ``forbidden_collection_id`` and ``forbidden_batch_id`` that it refuses,
    and ``settings.id_of(kind, fate)`` for jobs that fail. The server is shared by the
    tests of a session (of a worker, with pytest-xdist); jobs, archives and settings
    are those of one test.

    An export is generated for 0.2 seconds. A marker changes that and every other
    setting::

        @pytest.mark.prolific_sandbox(generation_seconds=0, edition="2026-11")
        def test_new_edition(prolific_sandbox): ...

    Several markers add up; the one closest to the test wins.
    """
    from prolific_contract.sandbox import (  # noqa: PLC0415 - see the module's docstring
        SandboxError,
        SandboxSettings,
    )

    positional: list[Any] = []
    chosen: dict[str, Any] = {"generation_seconds": _GENERATION_SECONDS}
    for marker in reversed(list(request.node.iter_markers(MARKER))):
        positional += marker.args
        chosen |= marker.kwargs
    try:
        settings = SandboxSettings(*positional, **chosen)
    except (SandboxError, TypeError) as error:
        pytest.fail(f"@pytest.mark.{MARKER}: {error}", pytrace=False)
    prolific_sandbox_server.reset(settings)
    return prolific_sandbox_server
