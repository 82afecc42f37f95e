"""pytest fixtures for tests of code that uses Prolific's exports, and options of the gate.

A test that asks for ``prolific_sandbox`` gets a running stand-in for the API::

    def test_my_pipeline(prolific_sandbox, tmp_path):
        with Exports(token=prolific_sandbox.token, base_url=prolific_sandbox.url) as exports:
            ...

The options and the markers ``prolific_shape`` … are those of `prolific_contract.conformance`.

This module is loaded into every pytest run of an environment that has
prolific-exports installed, so it imports nothing but pytest before it is used.
"""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prolific_contract.sandbox import Sandbox

MARKER = "prolific_sandbox"
REMARKS = pytest.StashKey["list[str]"]()
"""What whoever owns the batches and collections of a conformance run has to know."""

_FAMILIES = {
    "shape": "single answers",
    "value": "what a complete export promises",
    "time": "the course of a conversation",
    "isolation": "who may see what",
}
_OPTIONS = {
    "target": ("URL", "base URL of the server to check, e.g. https://api.prolific.com"),
    "token": ("TOKEN", "API token; better in the environment, where nobody reads it"),
    "batch": ("ID", "a batch to export"),
    "collection": ("ID", "a collection to export"),
    "forbidden-batch": ("ID", "a batch that the token has no access to"),
    "forbidden-collection": ("ID", "a collection that the token has no access to"),
    "edition": ("EDITION", "auto (default), 2026-03 or 2026-11: the edition to enforce"),
    "max-wait": ("SECONDS", "how long an export may take (default: 600)"),
    "profile": ("PROFILE", "polite (default), or full for servers that are nobody else's"),
}

_SUITE = "prolific_contract.conformance"
_SUITE_FOLDER = Path(__file__).resolve().parent / "conformance"

# Long enough for a first status request to find a job generating, short enough
# for a suite of tests.
_GENERATION_SECONDS = 0.2
_EXTRA_PACKAGES = ("starlette", "uvicorn")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of `prolific_contract.conformance`."""
    group = parser.getgroup(
        "prolific",
        "conformance to Prolific's export contract (--pyargs prolific_contract.conformance); "
        "each option with a value can be set in the environment, too: PROLIFIC_TARGET ...",
    )
    for name, (metavar, text) in _OPTIONS.items():
        group.addoption(f"--prolific-{name}", metavar=metavar, help=text)
    group.addoption(
        "--prolific-strict", action="store_true", help="undocumented fields are violations"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the markers known."""
    for family, subject in _FAMILIES.items():
        config.addinivalue_line("markers", f"prolific_{family}: laws about {subject}")
    config.addinivalue_line(
        "markers",
        f"{MARKER}(**settings): settings of the sandbox for this test, "
        "by their names in prolific_contract.sandbox.SandboxSettings",
    )


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Tell what the conversation left behind, and whether it was cut short."""
    remarks = config.stash.get(REMARKS, [])
    if remarks:
        terminalreporter.section("prolific-contract")
    for remark in remarks:
        terminalreporter.line(remark)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Give a worker of pytest-xdist the conversation that is held once for all of them."""
    if _is_of_the_suite(node.config):
        from prolific_contract.conformance._session import (  # noqa: PLC0415 - see above
            send_to_worker,
        )

        send_to_worker(node)


def _is_of_the_suite(config: pytest.Config) -> bool:
    """Whether a run names the conformance tests, which alone may talk to the server.

    The environment of any other run may well have the variables.
    """
    for argument in config.args:
        name = argument.partition("::")[0]
        if config.option.pyargs and f"{name}.".startswith(f"{_SUITE}."):
            return True
        if (config.invocation_params.dir / name).resolve().is_relative_to(_SUITE_FOLDER):
            return True
    return False


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
