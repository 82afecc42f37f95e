"""Pytest fixtures for code that uses Prolific's exports, and the options of the gate.

The fixture ``prolific_sandbox`` is a running stand-in for the API::

    def test_my_pipeline(prolific_sandbox, tmp_path):
        with Exports(token=prolific_sandbox.token, base_url=prolific_sandbox.url) as exports:
            ...

``prolific_env`` also sets the variables of the environment, so that ``Exports()`` finds it.
``prolific_recording`` records the traffic of a test and judges it by the laws.

The options and the markers ``prolific_shape`` … belong to `prolific_contract.conformance`.

pytest loads this module in every run of an environment with prolific-exports, so it imports only
pytest until it is used.
"""

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prolific_contract.recording import Recording
    from prolific_contract.sandbox import Sandbox

MARKER = "prolific_sandbox"
RECORDING_MARKER = "prolific_recording"
NOTICES = pytest.StashKey["list[str]"]()
"""Remarks about a conformance run, such as export jobs that remain on the server."""

_FAMILIES = {
    "shape": "single responses",
    "value": "the content of complete exports",
    "time": "the order of responses",
    "isolation": "identity, visibility and access",
}
_OPTIONS = {
    "target": ("URL", "base URL of the server to check, e.g. https://api.prolific.com"),
    "token": (
        "TOKEN",
        "API token; prefer the variable PROLIFIC_TOKEN, which other users can't see",
    ),
    "batch": ("ID", "a batch to export"),
    "collection": ("ID", "a collection to export"),
    "forbidden-batch": ("ID", "a batch to which the token has no access"),
    "forbidden-collection": ("ID", "a collection to which the token has no access"),
    "edition": ("EDITION", "auto (default), 2026-03 or 2026-11: the edition to enforce"),
    "max-wait": ("SECONDS", "longest time for an export (default: 600)"),
    "min-exercised": ("N", "fail if fewer than N laws were exercised"),
    "profile": ("PROFILE", "polite (default), or full for servers that you don't share"),
}

_SUITE = "prolific_contract.conformance"
_SUITE_FOLDER = Path(__file__).resolve().parent / "conformance"

# Long enough that the first status request finds the job generating, short enough for many tests.
_GENERATION_SECONDS = 0.2
_EXTRA_PACKAGES = ("jsonpath_rfc9535", "jsonschema_rs", "starlette", "uvicorn", "yaml")
# Other sources of a token or a URL; a profile comes before PROLIFIC_TOKEN.
_OTHER_SOURCES = ("PROLIFIC_PROFILE", "PROLIFIC_TOKEN_FILE")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options of `prolific_contract.conformance`."""
    group = parser.getgroup(
        "prolific",
        "conformance to Prolific's export contract (--pyargs prolific_contract.conformance); "
        "each option with a value can also be set in the environment: PROLIFIC_TARGET ...",
    )
    for name, (metavar, text) in _OPTIONS.items():
        group.addoption(f"--prolific-{name}", metavar=metavar, help=text)
    group.addoption(
        "--prolific-require",
        action="append",
        default=[],
        metavar="LAW",
        help="fail if this law was not exercised for every kind that is exported; can be repeated; "
        "PROLIFIC_REQUIRE takes several, separated by spaces",
    )
    group.addoption(
        "--prolific-strict", action="store_true", help="treat undocumented members as violations"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers."""
    for family, subject in _FAMILIES.items():
        config.addinivalue_line("markers", f"prolific_{family}: laws about {subject}")
    config.addinivalue_line(
        "markers",
        f"{MARKER}(**settings): settings of the sandbox for this test, "
        "as in prolific_contract.sandbox.SandboxSettings",
    )
    config.addinivalue_line(
        "markers",
        f"{RECORDING_MARKER}(edition=None, strict=False): how to judge the traffic of this test",
    )


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Print the notices of the conversation: jobs that remain, and an early end."""
    notices = config.stash.get(NOTICES, [])
    if notices:
        terminalreporter.section("prolific-contract")
    for notice in notices:
        terminalreporter.line(notice)


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Send the shared conversation to a worker of pytest-xdist."""
    if _runs_conformance_tests(node.config):
        from prolific_contract.conformance._session import (  # noqa: PLC0415 - see above
            send_to_worker,
        )

        send_to_worker(node)


def _runs_conformance_tests(config: pytest.Config) -> bool:
    """Whether a run names the conformance tests. No other run may talk to the server.

    Variables in the environment are not enough: they may be set in other runs, too.
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
    """The server behind ``prolific_sandbox``: one per session, on a free loopback port.

    Use it directly only if jobs must outlive a test.
    """
    with _extra_for(MARKER):
        from prolific_contract.sandbox import Sandbox  # noqa: PLC0415 - see the module's docstring
    with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def prolific_sandbox(
    request: pytest.FixtureRequest, prolific_sandbox_server: "Sandbox"
) -> "Sandbox":
    """A running stand-in for Prolific's export API, without export jobs.

    Connect with ``url`` and ``token``. Export ``collection_id`` and ``batch_id``; the sandbox
    refuses ``forbidden_collection_id`` and ``forbidden_batch_id``. ``settings.id_of(kind, fate)``
    returns ids with other fates, such as failing jobs. The tests of a session (with pytest-xdist:
    of a worker) share the server; each test has its own jobs, archives and settings.

    Generating an export takes 0.2 seconds. A marker changes this and all other settings::

        @pytest.mark.prolific_sandbox(generation_seconds=0, edition="2026-11")
        def test_new_edition(prolific_sandbox): ...

    Several markers are combined; the one closest to the test wins.
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


@pytest.fixture
def prolific_env(prolific_sandbox: "Sandbox", monkeypatch: pytest.MonkeyPatch) -> "Sandbox":
    """``prolific_sandbox``, with ``PROLIFIC_URL`` and ``PROLIFIC_TOKEN`` set for the test.

    Code that calls ``Exports()`` without arguments, and the command in a subprocess, find the
    sandbox, and never the real API or your token::

        def test_my_pipeline(prolific_env, tmp_path):
            my_pipeline(prolific_env.collection_id, tmp_path)
    """
    monkeypatch.setenv("PROLIFIC_URL", prolific_sandbox.url)
    monkeypatch.setenv("PROLIFIC_TOKEN", prolific_sandbox.token)
    for name in _OTHER_SOURCES:
        monkeypatch.delenv(name, raising=False)
    return prolific_sandbox


@pytest.fixture
def prolific_recording(request: pytest.FixtureRequest, tmp_path: Path) -> "Iterator[Recording]":
    """Records what httpx and this package send during the test, and judges it at the end.

    The test fails if a response breaks a law: then the stand-in for the API, or the API itself,
    is not what the contract says. The recording is left in ``tmp_path`` as ``traffic.har``,
    without secrets. A marker enforces an edition::

        @pytest.mark.prolific_recording(edition="2026-11")
        def test_with_my_mocks(prolific_recording): ...
    """
    with _extra_for(RECORDING_MARKER):
        from prolific_contract._errors import ContractToolError  # noqa: PLC0415 - see above
        from prolific_contract.gate.reports import FORMATS  # noqa: PLC0415
        from prolific_contract.recording import record_traffic  # noqa: PLC0415

    options: dict[str, Any] = {}
    for marker in reversed(list(request.node.iter_markers(RECORDING_MARKER))):
        options |= marker.kwargs
    with record_traffic() as recording:
        yield recording
    try:
        path = recording.write(tmp_path / "traffic.har")
        verdict = recording.judge(**options)
    except (ContractToolError, TypeError) as error:
        pytest.fail(f"{RECORDING_MARKER}: {error}", pytrace=False)
    if verdict.violations:
        report = FORMATS["text"](verdict)
        pytest.fail(f"{report}\nrecorded in {path}", pytrace=False)


@contextmanager
def _extra_for(fixture: str) -> "Iterator[None]":
    """Fail the test with the name of the extra if a package of it is missing."""
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in _EXTRA_PACKAGES:
            raise
        pytest.fail(
            f"the {fixture} fixture needs {package}, which is not installed: "
            "pip install 'prolific-exports[contract]'",
            pytrace=False,
        )
