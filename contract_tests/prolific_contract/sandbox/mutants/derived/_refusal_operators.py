"""Operators on what a server does with a request: refuse, leak, delay."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Final

from attrs import evolve

from prolific_contract._vocabulary import Action, Edition
from prolific_contract.sandbox._http import (
    Reply,
    StoreError,
    error_reply,
    xml_reply,
)
from prolific_contract.sandbox._jobs import SandboxJob
from prolific_contract.sandbox.mutants._fault import MutantBehaviour
from prolific_contract.sandbox.mutants._faulty_request import FaultyRequest
from prolific_contract.sandbox.mutants.derived._derivation import Derivation, answering
from prolific_contract.sandbox.mutants.derived._situations import (
    VALID,
    by_method,
    has_bad_filter,
    has_own_job,
    has_state,
    is_of_unknown_job,
    own_job,
    with_token,
)

_REFUSALS: Final = (400, 401, 403, 404, 409, 429, 500, 503)
_NO_SUFFIX: Final = "Azure's store refuses ranges that count from the end of a file."
_NO_ACCESS: Final = (
    "A token without access gets the same, and without lists nothing shows that it has access. The "
    "check is inconclusive and exits with 2."
)
_MOMENT: Final = (
    "No page says that polls know a new job at once, and the sandbox generates for a few seconds."
)
_BUSY: Final = "The documents do not limit the rate, and a server may be busy while it generates."
_ANOTHER: Final = "Another client may have started the job, and nothing shows who did."
_UNASKED: Final = (
    "A server may accept any filter, so a check that sent invalid ones could start jobs for others."
)
_UNSEEN: Final = "Only a client with access to the resource can see the job."


def refusing(edition: Edition, action: Action) -> Iterator[Derivation]:
    """Every valid request of an operation, refused with every status."""
    for target, (words, which, editions) in VALID[action].items():
        if edition not in editions:
            continue
        for status in _REFUSALS:
            yield Derivation(
                operator="refuse",
                target=f"{target}.{status}",
                sentence=f"It sends {status} for {words}",
                action=action,
                begin=answering(which, _refusal(action, status)),
                # After a success, there is no such excuse.
                repeats=not _excuse(edition, action, target, status),
                open_because=_excuse(edition, action, target, status),
                needs_failed_job="failed" in target,
            )


def _excuse(edition: Edition, action: Action, target: str, status: int) -> str:
    if target == "first" and edition == "2026-03" and status in (401, 403, 404):
        return _NO_ACCESS
    if (action, target, status) == ("status", "generating", 404):
        return _MOMENT
    if (action, target, status) == ("archive", "end", 400):
        return _NO_SUFFIX
    while_generating = target in ("generating", "running", "filtered-running")
    return _BUSY if while_generating and status == 429 else ""


def _refusal(action: Action, status: int) -> MutantBehaviour:
    if action == "archive":
        return lambda _: xml_reply(StoreError(status, "Refused", "The request was refused."))
    return lambda _: error_reply(status, 7, "The request was refused.")


def leaking(edition: Edition, action: Action) -> Iterator[Derivation]:
    """Requests that are refused, and carried out all the same."""
    if action == "request":
        for name, words, which, reason in (
            (
                "401",
                "an export request without a valid token",
                lambda r: not r.authorized and r.exists and not r.forbidden,
                _ANOTHER,
            ),
            (
                "403",
                "an export request without access",
                lambda r: r.authorized and r.forbidden,
                _UNSEEN,
            ),
            (
                "404",
                "an export request for an unknown resource",
                lambda r: r.authorized and not r.exists,
                _UNSEEN,
            ),
            ("400", "an export request with an invalid filter", has_bad_filter, _UNASKED),
        ):
            if name == "400" and edition == "2026-03":
                continue
            yield Derivation(
                operator="leak",
                target=name,
                sentence=f"It sends {name} for {words}, and starts a job",
                action=action,
                begin=answering(by_method(action, which), _starting),
                open_because=reason,
            )
    if action == "delete":
        for name, words, which in (
            (
                "401",
                "a deletion without a valid token",
                lambda r: not r.authorized and has_own_job(r, "complete"),
            ),
            ("409", "the deletion of a generating job", has_state("generating")),
            ("404", "the deletion of a job under another resource", _is_elsewhere),
            ("403", "the deletion of a complete job", has_state("complete")),
        ):
            yield Derivation(
                operator="leak",
                target=name,
                sentence=f"It sends {name} for {words}, and deletes the job",
                action=action,
                begin=answering(which, _removing(int(name))),
            )
    if action == "status":
        yield Derivation(
            operator="leak",
            target="start",
            sentence="It starts a job when an unknown job is polled",
            action=action,
            begin=answering(with_token(is_of_unknown_job), _starting),
            # In edition 2026-03, the next request returns the job that no client requested.
            open_because=_ANOTHER if edition == "2026-11" else "",
        )


def _is_elsewhere(request: FaultyRequest) -> bool:
    return request.authorized and _elsewhere(request) is not None


def _elsewhere(request: FaultyRequest) -> SandboxJob | None:
    job = None if request.export_id is None else request.jobs.find(request.export_id)
    return job if job is not None and own_job(request) is None else None


def _starting(request: FaultyRequest) -> Reply:
    reply = request.reply()
    request.jobs.start(request.kind, request.resource_id, request.now)
    return reply


def _removing(status: int) -> MutantBehaviour:
    def behave(request: FaultyRequest) -> Reply:
        for job in filter(None, [own_job(request) or _elsewhere(request)]):
            request.jobs.remove(job)
        return error_reply(status, 7, "The request was refused.")

    return behave


_FOREVER: Final = timedelta(days=3650)


def delaying(edition: Edition, action: Action) -> Iterator[Derivation]:
    """Exports that take too long."""
    if action != "request":
        return
    for target, (words, which, editions) in VALID["request"].items():
        if (
            edition in editions
            and "running" not in target
            and (edition == "2026-11" or target == "first")
        ):
            yield Derivation(
                operator="delay",
                target=f"job.{target}",
                sentence=f"It never completes the job of {words}",
                action=action,
                begin=answering(which, _never_ready),
            )


def _never_ready(request: FaultyRequest) -> Reply:
    reply = request.reply()
    for job in request.started:
        request.jobs.replace(job, evolve(job, ready_at=request.now + _FOREVER))
    return reply


def on_refusals(edition: Edition, action: Action) -> Iterator[Derivation]:
    """Every derivation from requests that are refused or never finished."""
    yield from refusing(edition, action)
    yield from delaying(edition, action)
    yield from leaking(edition, action)
