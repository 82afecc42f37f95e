"""A whole check: from the options to a verdict."""

import difflib
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final, Literal, TypeAlias, get_args
from urllib.parse import urlsplit

from attrs import evolve, field, frozen
from prolific_exports import UsageError
from prolific_exports._model._token import read_token
from prolific_exports._model._urls import is_this_machine, unsafe_reason

from prolific_contract._errors import ContractToolError
from prolific_contract._vocabulary import DOTS, Edition
from prolific_contract.gate._judge import contract_of, judge
from prolific_contract.gate._verdict import NO_REQUIREMENTS, Requirements, Verdict
from prolific_contract.gate.conversation._generated_requests import generate_requests
from prolific_contract.gate.conversation._http_target import LiveTarget
from prolific_contract.gate.conversation._plan import (
    BRISK,
    CAREFUL,
    ConversationPlan,
    Pace,
)
from prolific_contract.gate.conversation._recorder import (
    Conversation,
    ExchangeCallback,
    record_conversation,
)
from prolific_contract.gate.conversation._targets import Target, TargetUnreachableError
from prolific_contract.gate.laws import LAWS
from prolific_contract.gate.trace._exchanges import CheckProfile, RecordedOptions, Subject, Trace
from prolific_contract.gate.trace._har_reader import read_har

Option: TypeAlias = Literal["profile", "edition", "strict"]
OPTIONS: Final[tuple[Option, ...]] = get_args(Option)
"""The options that a recording of the gate contains."""

_DEFAULT_WAIT: Final = 600.0
_LONGEST_WAIT: Final = 7 * 86400.0


class CheckUsageError(ContractToolError):
    """An option is missing or invalid; the message names the option and what to give."""


@frozen
class Check:
    """What to check, and by which rules.

    Attributes:
        target: Base URL of the API without a trailing slash; for a recording, None detects it.
        token: The API token; for a recording, None if it is unknown.
        subjects: The batches and collections to export, and those without access.
        edition: The edition to enforce; None applies the rules that both editions share.
        max_wait: Longest time for an export, in seconds; None for 600, or for the value in the
            recording.
        strict: Whether undocumented members are violations.
        left_out: Which options the user did not give. A recording of the gate replaces them by
            the options of its check, so that both have the same verdict.
        accepted: Fingerprints of violations that a baseline accepts.
        requirements: What the check has to exercise.
    """

    target: str | None
    token: str | None = field(repr=False)
    subjects: tuple[Subject, ...] = ()
    edition: Edition | None = None
    max_wait: float | None = None
    profile: CheckProfile = "polite"
    strict: bool = False
    left_out: frozenset[Option] = frozenset()
    accepted: frozenset[str] = frozenset()
    requirements: Requirements = NO_REQUIREMENTS

    @property
    def options(self) -> RecordedOptions:
        """The options that a recording has to contain."""
        return RecordedOptions(self.profile, self.edition, self.strict)

    def completed(self, recorded: RecordedOptions | None) -> "Check":
        """The check with the options of a recording where the user gave none."""
        if recorded is None:
            return self
        return evolve(self, **{name: getattr(recorded, name) for name in self.left_out})

    def verdict_on(self, trace: Trace, name: str) -> Verdict:
        """The verdict on a conversation."""
        return judge(
            trace,
            target=name,
            edition=self.edition,
            strict=self.strict,
            profile=self.profile,
            accepted=self.accepted,
            requirements=self.requirements,
        )


def check_live(
    check: Check, progress: ExchangeCallback | None = None
) -> tuple[Verdict, Conversation]:
    """Hold a conversation with a server and judge it.

    Args:
        check: What to check: a target, a token and at least one subject to export.
        progress: Called with every finished exchange.

    Raises:
        CheckUsageError: An option is missing or invalid.
        ContractToolError: The server can't be reached, or a dependency is missing.
    """
    target, token = usable(check)
    # Build the whole plan first: an error must not leave half a conversation.
    plan = _plan(check, target)
    with LiveTarget(token) as server:
        conversation = _conversation(server, target, token, plan, progress)
    trace = evolve(conversation.trace, options=check.options)
    conversation = evolve(conversation, trace=trace)
    return check.verdict_on(conversation.trace, target), conversation


def check_recording(check: Check, path: Path) -> Verdict:
    """Judge a recording.

    Raises:
        CheckUsageError: An option is invalid.
        ContractToolError: The file can't be read or is not a recording.
    """
    if check.target is not None:
        _require_safe_target(check.target)
    # An empty variable means that the token is unknown, not that it is empty.
    token = check.token or None
    if token is not None:
        _require_valid_token(token)
    trace = read_har(
        path,
        token=token,
        base_url=check.target,
        subjects=check.subjects,
        max_wait=_valid_max_wait(check.max_wait),
    )
    check = check.completed(trace.options)
    return check.verdict_on(evolve(trace, options=check.options), str(path))


def usable(check: Check) -> tuple[str, str]:
    """Validate a check of a server; returns its base URL and token.

    Raises:
        CheckUsageError: An option is missing or invalid.
    """
    if check.target is None:
        raise CheckUsageError("no server to check: give its base URL with --target")
    _require_safe_target(check.target)
    if all(subject.forbidden for subject in check.subjects):
        raise CheckUsageError(
            "nothing to export: most laws need an export; give a batch with --batch, a collection "
            "with --collection, or both"
        )
    for subject in check.subjects:
        if subject.id in DOTS:
            option = f"--{'forbidden-' if subject.forbidden else ''}{subject.kind}"
            raise CheckUsageError(
                f"{option} {subject.id!r} is not an id: give the id of a {subject.kind}"
            )
    token = check.token or ""
    if not token:
        raise CheckUsageError(
            "no API token: set PROLIFIC_TOKEN or PROLIFIC_TOKEN_FILE, or give --token"
        )
    _require_valid_token(token)
    _valid_max_wait(check.max_wait)
    return check.target, token


def requirements_of(law_ids: Iterable[str], min_exercised: int) -> Requirements:
    """What a check has to exercise, as the options say.

    Raises:
        CheckUsageError: No law has one of the ids, or there are fewer laws than that.
    """
    known = [law.id for law in LAWS]
    law_ids = tuple(dict.fromkeys(law_ids))
    for law_id in law_ids:
        if law_id not in known:
            near = difflib.get_close_matches(law_id, known, 1)
            meant = f"did you mean {near[0]}? " if near else ""
            raise CheckUsageError(
                f"--require {law_id}: no law has this id: {meant}prolific-contract laws lists them",
                unknown=law_id,
                meant=near,
            )
    if not 0 <= min_exercised <= len(known):
        raise CheckUsageError(
            f"invalid --min-exercised {min_exercised}: give a number of laws, at most {len(known)}"
        )
    return Requirements(law_ids, min_exercised)


def token_of(given: str | None, environment: Mapping[str, str]) -> str | None:
    """The token that is given, or that the environment has; None without one.

    Raises:
        CheckUsageError: The file that the environment names cannot be read.
    """
    try:
        return read_token(given, environment) or None
    except UsageError as error:
        raise CheckUsageError(str(error)) from error


def _require_valid_token(token: str) -> None:
    if not (token.isascii() and token.isprintable() and " " not in token):
        raise CheckUsageError(
            "invalid API token: it contains white space or characters that a header can't carry; "
            "give the token alone"
        )


def _plan(check: Check, target: str) -> ConversationPlan:
    contract = contract_of(check.edition)
    return ConversationPlan(
        subjects=check.subjects,
        max_wait=_valid_max_wait(check.max_wait) or _DEFAULT_WAIT,
        profile=check.profile,
        pace=pace_for(target),
        generated=generate_requests(contract, check.subjects) if check.profile == "full" else (),
        edition=check.edition,
    )


def _require_safe_target(target: str) -> None:
    reason = unsafe_reason(target)
    if reason is None and ("?" in target or "#" in target):
        reason = "it has a query or a fragment"
    if reason is not None:
        # Do not quote the URL: it may contain a password.
        raise CheckUsageError(
            f"invalid --target: {reason}; give a base URL such as https://api.prolific.com"
        )


def _valid_max_wait(max_wait: float | None) -> float | None:
    if max_wait is not None and not 0 < max_wait <= _LONGEST_WAIT:
        raise CheckUsageError(
            f"invalid --max-wait {max_wait:g}: give seconds above 0, at most a week (604800)"
        )
    return max_wait


def pace_for(base_url: str) -> Pace:
    """How fast to send requests: a server on this machine is not shared with others."""
    return BRISK if is_this_machine(urlsplit(base_url).hostname or "") else CAREFUL


def _conversation(
    server: Target,
    base_url: str,
    token: str,
    plan: ConversationPlan,
    progress: ExchangeCallback | None,
) -> Conversation:
    try:
        return record_conversation(server, base_url, token, plan, progress)
    except TargetUnreachableError as error:
        raise ContractToolError(
            f"{base_url} can't be reached, so nothing was checked: {error}"
        ) from error
