"""Operators on whole responses: status, headers and body."""

from collections.abc import Iterator
from typing import Final

from attrs import evolve

from prolific_contract._vocabulary import Action, Edition, Kind
from prolific_contract.sandbox._http import NoReplyError, Reply
from prolific_contract.sandbox._replies import (
    ReplyPredicate,
    body_of,
    has_status,
    is_error,
    is_success,
    text_of,
    with_body,
    with_header,
    with_json,
)
from prolific_contract.sandbox.mutants._faulty_request import FaultyRequest
from prolific_contract.sandbox.mutants.derived._body_edits import body_edit
from prolific_contract.sandbox.mutants.derived._derivation import Begin, Derivation, Edit, editing
from prolific_contract.sandbox.mutants.derived._members import FORMS, members_of, statuses_of

_FIRST_ERROR: Final = 400
_DELETIONS: Final = (200, 202, 204)
_ANY_DELETION: Final = "No page documents the status of a successful deletion."
_HIDDEN: Final = "A server may hide whether a resource exists that the token has no access to."
_HIDING: Final = {
    ("request", 404, 403): _HIDDEN,
    ("list", 404, 403): _HIDDEN,
    ("request", 403, 404): _HIDDEN,
    ("list", 403, 404): _HIDDEN,
    ("delete", 403, 404): _HIDDEN,
}
_NO_CHALLENGE: Final = "No document mentions the header, and most APIs for tokens do not send it."
_ALIKE: Final = "The parameters and the case of a media type are free (RFC 9110, section 8.3.1)."


def on_messages(edition: Edition, kind: Kind, action: Action) -> Iterator[Derivation]:
    """Every derivation from the statuses, headers and bodies of an operation of the API."""
    yield from _statuses(edition, kind, action)
    yield from _headers(action)
    yield from _bodies(edition, kind, action)
    for which, words in ((is_success, "a success"), (is_error, "an error")):
        yield Derivation(
            operator="delay",
            target=f"response.{words.split()[1]}",
            sentence=f"It never sends {words}",
            action=action,
            begin=editing(which, _hanging),
        )


def _hanging(_: FaultyRequest, __: Reply) -> Reply:
    raise NoReplyError("hang")


def _statuses(edition: Edition, kind: Kind, action: Action) -> Iterator[Derivation]:
    for status in statuses_of(edition, kind, action):
        for sign, step in (("plus", 1), ("minus", -1)):
            other = status + step
            deletion = action == "delete" and status in _DELETIONS and other in _DELETIONS
            # The server never sends 429, and an interim response would need another one.
            if status == 429 or other < 200:
                continue
            yield Derivation(
                operator="off-by-one",
                target=f"http-{status}.{sign}",
                sentence=f"It sends {other} instead of {status}",
                action=action,
                begin=_with_status(status, other),
                open_because=_ANY_DELETION
                if deletion
                else _HIDING.get((action, status, other), ""),
            )


def _with_status(status: int, other: int) -> Begin:
    def edit(_: FaultyRequest, reply: Reply) -> Reply:
        changed = evolve(reply, status=other)
        if status < _FIRST_ERROR or other < _FIRST_ERROR:
            return changed
        return with_json(changed, {"error": {**body_of(reply)["error"], "status": other}})

    return editing(lambda reply: reply.status == status, edit)


def _has_json(reply: Reply) -> bool:
    return is_success(reply) and bool(text_of(reply))


_MEDIA_TYPES: Final = {
    "html": "text/html",
    "text": "text/plain; charset=utf-8",
    "problem": "application/problem+json",
    "octets": "application/octet-stream",
}


def _headers(action: Action) -> Iterator[Derivation]:
    def derived(
        operator: str, target: str, header: tuple[str, str | None], which: ReplyPredicate
    ) -> Derivation:
        name, value = header
        form = target.partition(".")[0]
        words = f"omits {name} from" if value is None else f"sends {name} {value} in"
        return Derivation(
            operator=operator,
            target=target,
            sentence=f"It {words} {_FORM_WORDS[form]}",
            action=action,
            begin=editing(which, lambda _, reply: with_header(reply, name, value)),
            open_because=_FREE_HEADERS.get((operator, name), ""),
        )

    for form, which in (("success", _has_json), ("error", is_error)):
        if form == "success" and action == "delete":
            continue
        yield derived("omit", f"{form}.Content-Type", ("Content-Type", None), which)
        for name, value in _MEDIA_TYPES.items():
            yield derived("type", f"{form}.Content-Type.{name}", ("Content-Type", value), which)
        upper = ("Content-Type", "Application/JSON")
        yield derived("case", f"{form}.Content-Type", upper, which)
    yield derived("omit", "401.WWW-Authenticate", ("WWW-Authenticate", None), has_status(401))


_FORM_WORDS: Final = {"success": "a success", "error": "an error", "401": "401"}
_FREE_HEADERS: Final = {
    ("omit", "WWW-Authenticate"): _NO_CHALLENGE,
    ("case", "Content-Type"): _ALIKE,
}


def _half(reply: Reply) -> bytes:
    body = text_of(reply)
    return body[: len(body) // 2]


_WHOLE: Final[tuple[tuple[str, str, str, Edit], ...]] = (
    ("omit", "body", "It sends an empty body", lambda _, reply: with_body(reply, b"")),
    (
        "truncate",
        "body",
        "It sends half of the body",
        lambda _, reply: with_body(reply, _half(reply)),
    ),
    (
        "truncate",
        "body.end",
        "It omits the last byte of the body",
        lambda _, reply: with_body(reply, text_of(reply)[:-1]),
    ),
    (
        "repeat",
        "body",
        "It sends the body twice",
        lambda _, reply: with_body(reply, text_of(reply) * 2),
    ),
    ("type", "body.array", "It sends the body in an array", body_edit(lambda body: [body])),
    (
        "type",
        "body.data",
        "It sends the body in a member named data",
        body_edit(lambda body: {"data": body}),
    ),
    ("type", "body.null", "It sends null as the body", body_edit(lambda _: None)),
    ("type", "body.text", "It sends the JSON as a string", body_edit(str)),
)


def _bodies(edition: Edition, kind: Kind, action: Action) -> Iterator[Derivation]:
    for form in dict.fromkeys(member.form for member in members_of(edition, kind, action)):
        for operator, target, sentence, edit in _WHOLE:
            yield Derivation(
                operator=operator,
                target=f"{form}.{target}",
                sentence=f"{sentence} for a response of form {form}",
                action=action,
                begin=editing(FORMS[form], edit),
                needs_failed_job=form == "failed",
            )
