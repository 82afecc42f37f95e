"""A check as a whole: from what is asked for to a verdict."""

from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from attrs import field, frozen
from prolific_exports._model._urls import is_this_machine, unsafe_reason

from prolific_contract._errors import ContractToolError
from prolific_contract._vocabulary import DOTS, Edition
from prolific_contract.gate._judge import contract_of, judge
from prolific_contract.gate._verdict import Verdict
from prolific_contract.gate.conversation._generated_requests import generate_requests
from prolific_contract.gate.conversation._http_target import LiveTarget
from prolific_contract.gate.conversation._plan import (
    BRISK,
    CAREFUL,
    ConversationPlan,
    Pace,
    Profile,
)
from prolific_contract.gate.conversation._recorder import (
    Conversation,
    Progress,
    record_conversation,
)
from prolific_contract.gate.conversation._targets import Target, TargetUnreachableError
from prolific_contract.gate.trace._exchanges import Subject, Trace
from prolific_contract.gate.trace._har_reader import read_har

_DEFAULT_WAIT: Final = 600.0
_LONGEST_WAIT: Final = 7 * 86400.0


class UsageError(ContractToolError):
    """What is asked for makes no sense; the message says what to give instead."""


@frozen
class Check:
    """What to check, and by which rules.

    Attributes:
        target: Base URL of the API, without a slash at the end; of a recording, None to
            find it there.
        token: The API token; of a recording, None if nobody knows.
        subjects: Batches and collections to export, and forbidden ones.
        edition: The edition to enforce; None judges what both share.
        max_wait: Seconds within which an export has to be ready; None for 600, or what a
            recording says.
        profile: ``polite`` or ``full``.
        strict: Whether additive drift is a violation.
        accepted: Fingerprints of violations that a baseline accepts.
    """

    target: str | None
    token: str | None = field(repr=False)
    subjects: tuple[Subject, ...] = ()
    edition: Edition | None = None
    max_wait: float | None = None
    profile: Profile = "polite"
    strict: bool = False
    accepted: frozenset[str] = frozenset()

    def judged(self, trace: Trace, name: str) -> Verdict:
        """The verdict on a conversation."""
        return judge(
            trace,
            target=name,
            edition=self.edition,
            strict=self.strict,
            profile=self.profile,
            accepted=self.accepted,
        )


def check_live(check: Check, progress: Progress | None = None) -> tuple[Verdict, Conversation]:
    """Hold a conversation with a server, and judge it.

    Args:
        check: What to check; with a target, a token and something to export.
        progress: Is told of every exchange when it is over.

    Raises:
        UsageError: Something is missing or can't be used.
        ContractToolError: The server can't be reached, or a dependency is missing.
    """
    target, token = usable(check)
    # Nothing is sent before all of it is known to be possible.
    plan = _plan(check, target)
    with LiveTarget(token) as server:
        conversation = _conversation(server, target, token, plan, progress)
    return check.judged(conversation.trace, target), conversation


def check_recording(check: Check, path: Path) -> Verdict:
    """Judge a recording.

    Raises:
        UsageError: Something that is given can't be used.
        ContractToolError: The file can't be used.
    """
    if check.target is not None:
        _sendable(check.target)
    # A variable that is empty is no token, which every request would then lack.
    token = check.token or None
    if token is not None:
        _presentable(token)
    trace = read_har(
        path,
        token=token,
        base_url=check.target,
        subjects=check.subjects,
        max_wait=_patient(check.max_wait),
    )
    return check.judged(trace, str(path))


def usable(check: Check) -> tuple[str, str]:
    """Base URL and token of a check that can be made.

    Raises:
        UsageError: Something is missing or can't be used.
    """
    if check.target is None:
        raise UsageError("there is no server to check: give its base URL with --target")
    _sendable(check.target)
    if all(subject.forbidden for subject in check.subjects):
        raise UsageError(
            "there is nothing to export: give a batch with --batch, a collection with "
            "--collection, or both; without one next to nothing can be checked"
        )
    for subject in check.subjects:
        if subject.id in DOTS:
            option = f"--{'forbidden-' if subject.forbidden else ''}{subject.kind}"
            raise UsageError(f"{option} is {subject.id!r}, which is no id; give that of a resource")
    token = check.token or ""
    if not token:
        raise UsageError("there is no API token: set PROLIFIC_TOKEN, or give --token")
    _presentable(token)
    _patient(check.max_wait)
    return check.target, token


def _presentable(token: str) -> None:
    if not (token.isascii() and token.isprintable() and " " not in token):
        raise UsageError(
            "the API token holds white space or characters that can't be sent in a header; "
            "give the token alone, without the word Token before it"
        )


def _plan(check: Check, target: str) -> ConversationPlan:
    contract = contract_of(check.edition)
    return ConversationPlan(
        subjects=check.subjects,
        max_wait=_patient(check.max_wait) or _DEFAULT_WAIT,
        profile=check.profile,
        pace=pace_for(target),
        generated=generate_requests(contract, check.subjects) if check.profile == "full" else (),
        edition=check.edition,
    )


def _sendable(target: str) -> None:
    reason = unsafe_reason(target)
    if reason is None and ("?" in target or "#" in target):
        reason = "it has a query or a fragment"
    if reason is not None:
        # Not quoted: what is wrong with it may be that it holds a password.
        raise UsageError(
            f"--target can't be used: {reason}; give a base URL such as https://api.prolific.com"
        )


def _patient(max_wait: float | None) -> float | None:
    if max_wait is not None and not 0 < max_wait <= _LONGEST_WAIT:
        raise UsageError(f"--max-wait is {max_wait:g}; give seconds above 0, a week at most")
    return max_wait


def pace_for(base_url: str) -> Pace:
    """How fast a server may be asked: one on this machine is nobody else's."""
    return BRISK if is_this_machine(urlsplit(base_url).hostname or "") else CAREFUL


def _conversation(
    server: Target, base_url: str, token: str, plan: ConversationPlan, progress: Progress | None
) -> Conversation:
    try:
        return record_conversation(server, base_url, token, plan, progress)
    except TargetUnreachableError as error:
        raise ContractToolError(
            f"{base_url} can't be reached: {error}; nothing was checked"
        ) from error
