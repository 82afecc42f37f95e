"""The one conversation of a pytest run, and what the command line says of it."""

import json
import os
from typing import TYPE_CHECKING, Any, cast

import pytest
from attrs import frozen

from prolific_contract._errors import ContractToolError
from prolific_contract._vocabulary import EDITIONS, KINDS, MANAGING, Edition, Operation
from prolific_contract.gate._check import Check, UsageError, check_live, usable
from prolific_contract.gate._verdict import Cell, Verdict
from prolific_contract.gate.conversation._recorder import InterruptedConversation
from prolific_contract.gate.laws import LAWS
from prolific_contract.gate.laws._law import Law
from prolific_contract.gate.reports._ci_logs import without_ci_commands
from prolific_contract.gate.trace._exchanges import Subject
from prolific_contract.gate.trace._har_reader import parse_har
from prolific_contract.gate.trace._har_writer import har_of
from prolific_contract.pytest_plugin import REMARKS

if TYPE_CHECKING:
    from prolific_contract.gate.conversation._plan import Profile

_RECORDING = "prolific_conversation"
_UNNAMED = (
    "pytest-xdist's workers were given no conversation: name the tests on the command line, "
    "pytest --pyargs prolific_contract.conformance"
)


@frozen
class Outcome:
    """What came of the conversation.

    Attributes:
        verdict: The verdict on it; None if there was no conversation.
        error: Why there was none.
    """

    verdict: Verdict | None
    error: str = ""

    def cell(self, law: Law, operation: Operation) -> Cell | None:
        """What a law says of an operation; None if it was not judged by it."""
        cells = self.verdict.cells if self.verdict is not None else ()
        return next(
            (cell for cell in cells if (cell.law.id, cell.operation) == (law.id, operation)), None
        )


def check_of(config: pytest.Config) -> Check:
    """What the options and the environment ask for.

    Raises:
        UsageError: Something is missing or can't be used.
    """
    target = _option(config, "target")
    if target is None:
        raise UsageError(
            "there is no server to check: give --prolific-target URL, and --prolific-batch ID or "
            "--prolific-collection ID; the token is read from PROLIFIC_TOKEN"
        )
    edition = _chosen(config, "edition", ("auto", *EDITIONS))
    check = Check(
        target=target.rstrip("/"),
        token=_option(config, "token"),
        subjects=tuple(
            Subject(kind, value, forbidden=bool(prefix))
            for prefix in ("", "forbidden-")
            for kind in KINDS
            if (value := _option(config, f"{prefix}{kind}"))
        ),
        edition=None if edition == "auto" else cast("Edition", edition),
        max_wait=_seconds(config, "max-wait"),
        profile=cast("Profile", _chosen(config, "profile", ("polite", "full"))),
        strict=bool(config.getoption("--prolific-strict")),
    )
    try:
        usable(check)
    except UsageError as error:
        # The options of `prolific-contract check` have these names here.
        raise UsageError(str(error).replace("--", "--prolific-")) from error
    return check


def _option(config: pytest.Config, name: str) -> str | None:
    given: str | None = config.getoption(f"--prolific-{name}")
    value = given or os.environ.get(f"PROLIFIC_{name.replace('-', '_').upper()}") or ""
    return value.strip() or None


def _chosen(config: pytest.Config, name: str, choices: tuple[str, ...]) -> str:
    value = _option(config, name) or choices[0]
    if value not in choices:
        raise UsageError(f"--prolific-{name} is {value!r}; choose {' or '.join(choices)}")
    return value


def _seconds(config: pytest.Config, name: str) -> float | None:
    value = _option(config, name)
    try:
        return None if value is None else float(value)
    except ValueError as error:
        raise UsageError(f"--prolific-{name} is {value!r}; give a number of seconds") from error


def family_of(law: Law) -> str:
    """What a law is about, by which the markers choose."""
    return law.id.partition(".")[0]


def judged(check: Check) -> list[tuple[Law, Operation]]:
    """The laws and operations that a check may have something to say of."""
    kinds = {subject.kind for subject in check.subjects}
    return [
        (law, operation)
        for law in LAWS
        if check.profile == "full" or law.profile == "polite"
        if not law.editions or check.edition is None or check.edition in law.editions
        for operation in law.operations
        if operation.kind in kinds
        if check.edition != "2026-03" or operation.action not in MANAGING
    ]


def hold(config: pytest.Config) -> Outcome:
    """The outcome of the run's one conversation, held here or by the controller of workers."""
    try:
        check = check_of(config)
    except UsageError as error:
        return Outcome(None, str(error))
    workerinput: dict[str, Any] | None = getattr(config, "workerinput", None)
    if workerinput is None:
        return _held(check, config)
    if _RECORDING not in workerinput:
        return Outcome(None, _UNNAMED)
    told = json.loads(workerinput[_RECORDING])
    if "error" in told:
        return Outcome(None, told["error"])
    trace = parse_har(told["har"], "the recording of the controller")
    return Outcome(check.judged(trace, cast("str", check.target)))


def _held(check: Check, config: pytest.Config) -> Outcome:
    try:
        verdict, conversation = check_live(check)
    except ContractToolError as error:
        return Outcome(None, str(error))
    except InterruptedConversation as interrupted:
        config.stash[REMARKS] = [without_ci_commands(remark) for remark in interrupted.notices]
        raise
    config.stash[REMARKS] = [without_ci_commands(remark) for remark in conversation.messages]
    return Outcome(verdict)


def send_to_worker(node: Any) -> None:
    """Give a worker of pytest-xdist the conversation, which its controller holds once.

    Workers that each held their own would disturb each other's: a request for an export
    tells of another worker's job.

    Raises:
        pytest.UsageError: Something is missing or can't be used.
    """
    stash = node.config.stash
    if _KEY not in stash:
        try:
            check = check_of(node.config)
        except UsageError as error:
            raise pytest.UsageError(str(error)) from error
        stash[_KEY] = _recording(check, node.config)
    node.workerinput[_RECORDING] = stash[_KEY]


_KEY = pytest.StashKey[str]()


def _recording(check: Check, config: pytest.Config) -> str:
    outcome = _held(check, config)
    if outcome.verdict is None:
        return json.dumps({"error": outcome.error})
    return json.dumps({"har": json.dumps(har_of(outcome.verdict.trace))})
