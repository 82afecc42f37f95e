"""The conversation of a pytest run, and its options."""

import json
import os
from typing import TYPE_CHECKING, Any, cast

import pytest
from attrs import evolve, frozen

from prolific_contract._errors import ContractToolError
from prolific_contract._vocabulary import EDITIONS, KINDS, MANAGEMENT_ACTIONS, Edition, Operation
from prolific_contract.gate._check import (
    Check,
    CheckUsageError,
    check_live,
    requirements_of,
    token_of,
    usable,
)
from prolific_contract.gate._verdict import Cell, Verdict
from prolific_contract.gate.conversation._recorder import InterruptedConversation
from prolific_contract.gate.laws import LAWS
from prolific_contract.gate.laws._law import Law
from prolific_contract.gate.reports._ci_logs import without_ci_commands
from prolific_contract.gate.trace._exchanges import Subject
from prolific_contract.gate.trace._har_reader import parse_har
from prolific_contract.gate.trace._har_writer import har_of
from prolific_contract.pytest_plugin import NOTICES

if TYPE_CHECKING:
    from prolific_contract.gate.trace._exchanges import CheckProfile

_RECORDING = "prolific_conversation"
_UNNAMED = (
    "no conversation for the workers of pytest-xdist: name the tests on the command line, "
    "pytest --pyargs prolific_contract.conformance"
)


@frozen
class SessionResult:
    """The result of the conversation.

    Attributes:
        verdict: None if there was no conversation.
        error: Why there was no conversation; empty if there was one.
    """

    verdict: Verdict | None
    error: str = ""

    def cell(self, law: Law, operation: Operation) -> Cell | None:
        """The cell of a law and operation; None if it was not judged."""
        cells = self.verdict.cells if self.verdict is not None else ()
        return next(
            (cell for cell in cells if (cell.law.id, cell.operation) == (law.id, operation)), None
        )


def check_of(config: pytest.Config) -> Check:
    """The check that the options and the environment describe.

    Raises:
        CheckUsageError: An option is missing or invalid.
    """
    target = _option(config, "target")
    if target is None:
        raise CheckUsageError(
            "no server to check: give --prolific-target URL, and --prolific-batch ID or "
            "--prolific-collection ID; set the token in PROLIFIC_TOKEN, or PROLIFIC_TOKEN_FILE"
        )
    edition = _chosen(config, "edition", ("auto", *EDITIONS))
    min_exercised = _min_exercised(config)
    check = Check(
        target=target.rstrip("/"),
        token=token_of(config.getoption("--prolific-token") or None, os.environ),
        subjects=tuple(
            Subject(kind, value, forbidden=bool(prefix))
            for prefix in ("", "forbidden-")
            for kind in KINDS
            if (value := _option(config, f"{prefix}{kind}"))
        ),
        edition=None if edition == "auto" else cast("Edition", edition),
        max_wait=_seconds(config, "max-wait"),
        profile=cast("CheckProfile", _chosen(config, "profile", ("polite", "full"))),
        strict=bool(config.getoption("--prolific-strict")),
    )
    try:
        check = evolve(check, requirements=requirements_of(_required(config), min_exercised))
        usable(check)
    except CheckUsageError as error:
        # The message names the options of `prolific-contract check`, which have a prefix here.
        raise CheckUsageError(str(error).replace("--", "--prolific-")) from error
    return check


def _option(config: pytest.Config, name: str) -> str | None:
    given: str | None = config.getoption(f"--prolific-{name}")
    value = given or os.environ.get(f"PROLIFIC_{name.replace('-', '_').upper()}") or ""
    return value.strip() or None


def _chosen(config: pytest.Config, name: str, choices: tuple[str, ...]) -> str:
    value = _option(config, name) or choices[0]
    if value not in choices:
        raise CheckUsageError(f"invalid --prolific-{name} {value!r}: choose {' or '.join(choices)}")
    return value


def _seconds(config: pytest.Config, name: str) -> float | None:
    value = _option(config, name)
    try:
        return None if value is None else float(value)
    except ValueError as error:
        raise CheckUsageError(
            f"invalid --prolific-{name} {value!r}: give a number of seconds"
        ) from error


def _required(config: pytest.Config) -> list[str]:
    given: list[str] | None = config.getoption("--prolific-require")
    return given or os.environ.get("PROLIFIC_REQUIRE", "").replace(",", " ").split()


def _min_exercised(config: pytest.Config) -> int:
    value = _option(config, "min-exercised")
    try:
        return 0 if value is None else int(value)
    except ValueError as error:
        raise CheckUsageError(
            f"invalid --prolific-min-exercised {value!r}: give a number of laws"
        ) from error


def family_of(law: Law) -> str:
    """The family of a law, which the markers select."""
    return law.id.partition(".")[0]


def laws_and_operations(check: Check) -> list[tuple[Law, Operation]]:
    """The laws and operations that a check may judge."""
    kinds = {subject.kind for subject in check.subjects}
    return [
        (law, operation)
        for law in LAWS
        if check.profile == "full" or law.profile == "polite"
        if not law.editions or check.edition is None or check.edition in law.editions
        for operation in law.operations
        if operation.kind in kinds
        if check.edition != "2026-03" or operation.action not in MANAGEMENT_ACTIONS
    ]


def hold(config: pytest.Config) -> SessionResult:
    """The result of the run's one conversation; with pytest-xdist, the controller holds it."""
    try:
        check = check_of(config)
    except CheckUsageError as error:
        return SessionResult(None, str(error))
    workerinput: dict[str, Any] | None = getattr(config, "workerinput", None)
    if workerinput is None:
        return _hold_conversation(check, config)
    if _RECORDING not in workerinput:
        return SessionResult(None, _UNNAMED)
    recording = json.loads(workerinput[_RECORDING])
    if "error" in recording:
        return SessionResult(None, recording["error"])
    trace = parse_har(recording["har"], "the recording of the controller")
    return SessionResult(check.verdict_on(trace, cast("str", check.target)))


def _hold_conversation(check: Check, config: pytest.Config) -> SessionResult:
    try:
        verdict, conversation = check_live(check)
    except ContractToolError as error:
        return SessionResult(None, str(error))
    except InterruptedConversation as interrupted:
        config.stash[NOTICES] = [without_ci_commands(notice) for notice in interrupted.notices]
        raise
    config.stash[NOTICES] = [without_ci_commands(notice) for notice in conversation.messages]
    return SessionResult(verdict)


def send_to_worker(node: Any) -> None:
    """Send the conversation to a worker of pytest-xdist; the controller holds it once.

    If each worker held its own, they would disturb each other: a request for an export returns
    the job of another worker.

    Raises:
        pytest.UsageError: An option is missing or invalid.
    """
    stash = node.config.stash
    if _KEY not in stash:
        try:
            check = check_of(node.config)
        except CheckUsageError as error:
            raise pytest.UsageError(str(error)) from error
        stash[_KEY] = _recording(check, node.config)
    node.workerinput[_RECORDING] = stash[_KEY]


_KEY = pytest.StashKey[str]()


def _recording(check: Check, config: pytest.Config) -> str:
    outcome = _hold_conversation(check, config)
    if outcome.verdict is None:
        return json.dumps({"error": outcome.error})
    return json.dumps({"har": json.dumps(har_of(outcome.verdict.trace))})
