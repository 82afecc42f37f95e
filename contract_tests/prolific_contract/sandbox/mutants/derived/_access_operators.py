"""Operators on access: accept what is invalid, ignore a header or a filter."""

from collections.abc import Callable, Iterator, Mapping
from typing import Final, TypeAlias

from attrs import evolve

from prolific_contract._vocabulary import Action, Edition, Kind
from prolific_contract.sandbox._filter import filter_of
from prolific_contract.sandbox._http import (
    Reply,
    json_reply,
    no_content_reply,
)
from prolific_contract.sandbox.mutants._fault import MutantBehaviour
from prolific_contract.sandbox.mutants._faulty_request import FaultyRequest
from prolific_contract.sandbox.mutants.derived._derivation import Derivation, Situation, answering
from prolific_contract.sandbox.mutants.derived._members import parameters_of
from prolific_contract.sandbox.mutants.derived._situations import (
    by_method,
    has_bad_filter,
    has_own_job,
    has_state,
    is_export_request,
    is_of_unknown_job,
    latest_job,
    own_job,
    with_token,
)

_FILTERS_OPEN: Final = "No document says which filters are invalid, or that they are refused."
_SCHEME_CASE: Final = "The case of a scheme does not matter (RFC 9110, section 11.1)."
_SPACES: Final = "RFC 9110, section 11.4, allows more than one space between scheme and token."


_Credentials: TypeAlias = Mapping[str, tuple[str, Callable[[str, str], bool], str]]

# Authorization headers that a server may take for the valid one, given the token.
_CREDENTIALS: Final[_Credentials] = {
    "none": ("no Authorization header", lambda given, _: not given, ""),
    "no-token": ("the scheme without a token", lambda given, _: given.strip() == "Token", ""),
    "no-scheme": ("the token without a scheme", lambda given, token: given == token, ""),
    "other-scheme": (
        "the token with another scheme",
        lambda given, token: given.endswith(f" {token}") and given.split(" ")[0].lower() != "token",
        "",
    ),
    "scheme-case": (
        "the scheme in another case",
        lambda given, token: (
            given != f"Token {token}"
            and given.lower() == f"token {token}".lower()
            and given.endswith(token)
        ),
        _SCHEME_CASE,
    ),
    "spaces": (
        "more than one space before the token",
        lambda given, token: given != f"Token {token}" and given.split() == ["Token", token],
        _SPACES,
    ),
    "other-token": (
        "a token that has nothing in common with the valid one",
        lambda given, token: given.startswith("Token ") and given[6:7] != token[:1],
        "",
    ),
    "prefix": (
        "the beginning of the token",
        lambda given, token: given.startswith("Token ") and _begins(token, given[6:]),
        "",
    ),
    "suffix": (
        "the end of the token",
        lambda given, token: given.startswith("Token ") and _begins(token[::-1], given[6:][::-1]),
        "",
    ),
    "extra": (
        "the token with more characters at its end",
        lambda given, token: given.startswith("Token ") and _begins(given[6:], token),
        "",
    ),
    "last-character": (
        "the token with another last character",
        lambda given, token: (
            given.startswith("Token ") and given[6:] != token and given[6:-1] == token[:-1]
        ),
        "",
    ),
    "first-character": (
        "the token with another first character",
        lambda given, token: (
            given.startswith("Token ") and given[6:] != token and given[7:] == token[1:]
        ),
        "",
    ),
    "case": (
        "the token in another case",
        lambda given, token: (
            given != f"Token {token}"
            and given.lower() == f"token {token}".lower()
            and given.startswith("Token ")
        ),
        "",
    ),
}


def _begins(longer: str, shorter: str) -> bool:
    return bool(shorter) and longer != shorter and longer.startswith(shorter)


# What a request with bad credentials is about, by action.
_ABOUT: Final[dict[str, tuple[str, Callable[[FaultyRequest], bool], tuple[Action, ...]]]] = {
    # Each credential is presented once to an operation, for one thing or another.
    "": ("", lambda _: True, ("request", "status", "list", "delete")),
    "filtered": (
        " for a request with a filter",
        lambda request: request.call.method == "POST" and bool(request.call.query),
        ("request",),
    ),
    "complete": (
        " for a complete job",
        lambda request: has_own_job(request, "complete"),
        ("status", "delete"),
    ),
    "generating": (
        " for a generating job",
        lambda request: has_own_job(request, "generating"),
        ("status", "delete"),
    ),
    "unknown-job": (" for an unknown job", is_of_unknown_job, ("status", "delete")),
    "unknown": (
        " for an unknown resource",
        lambda request: not request.exists,
        ("request", "status", "list", "delete"),
    ),
    "forbidden": (
        " for a resource without access",
        lambda request: request.forbidden,
        ("request", "status", "list", "delete"),
    ),
}


_ANY: Final[_Credentials] = {
    "any": ("every credential", lambda given, token: given != f"Token {token}", "")
}


def _credentials_about(about: str) -> _Credentials:
    """The credentials that a check presents for a thing."""
    if not about:
        return _CREDENTIALS
    if about in ("complete", "generating", "filtered"):
        return {name: _CREDENTIALS[name] for name in ("none", "other-token")}
    return _ANY


def _presents(admits: Callable[[str, str], bool], concerns: Situation) -> Situation:
    return lambda request: (
        concerns(request) and admits(request.call.headers.get("authorization", ""), request.token)
    )


def accepting_credentials(edition: Edition, action: Action) -> Iterator[Derivation]:
    """Invalid credentials, accepted in an operation."""
    for about, (where, concerns, actions) in _ABOUT.items():
        if action not in actions or (about == "filtered" and edition == "2026-03"):
            continue
        for name, (words, admits, reason) in _credentials_about(about).items():
            target = f"credentials.{name}" + (f".{about}" if about else "")
            yield Derivation(
                operator="accept",
                target=target,
                sentence=f"It accepts {words}{where}",
                action=action,
                begin=answering(_presents(admits, concerns), FaultyRequest.as_authorized),
                open_because=reason,
            )
    yield Derivation(
        operator="ignore-header",
        target="Authorization",
        sentence="It ignores the Authorization header",
        action=action,
        begin=answering(lambda request: not request.authorized, FaultyRequest.as_authorized),
    )
    for part, words in (("scheme", "the scheme in"), ("token", "the token in")):
        yield Derivation(
            operator="ignore-header",
            target=f"Authorization.{part}",
            sentence=f"It ignores {words} the Authorization header",
            action=action,
            begin=answering(_PART_IS_BAD[part], FaultyRequest.as_authorized),
        )


_PART_IS_BAD: Final[dict[str, Situation]] = {
    "scheme": lambda request: (
        not request.authorized
        and request.call.headers.get("authorization", "").endswith(f" {request.token}")
    ),
    "token": lambda request: (
        not request.authorized
        and request.call.headers.get("authorization", "").startswith("Token ")
    ),
}


def _generating(export_id: str) -> Reply:
    return json_reply(202, {"status": "generating", "export_id": export_id})


def _started(request: FaultyRequest) -> Reply:
    job = latest_job(request) or request.jobs.start(
        request.kind, request.resource_id, request.now, filter_of(request.call)
    )
    return _generating(job.export_id)


def _generating_id(request: FaultyRequest) -> Reply:
    return json_reply(200, {"status": "generating", "export_id": request.export_id})


def _failed(_: FaultyRequest) -> Reply:
    return json_reply(200, {"status": "failed"})


def _complete(request: FaultyRequest) -> Reply:
    expires = "2027-01-01T00:00:00Z"
    url = f"{request.call.base_url}/store/exports/{request.export_id}.zip?expires=1798761600"
    return json_reply(200, {"status": "complete", "url": url, "expires_at": expires})


# What a server does that takes something missing for something there, by action.
_ACCEPTED: Final[dict[Action, dict[str, tuple[str, MutantBehaviour]]]] = {
    "request": {"202": ("starts an export", _started)},
    "status": {
        "generating": ("reports generating", _generating_id),
        "failed": ("reports failed", _failed),
        "complete": ("reports complete", _complete),
    },
    "list": {"empty": ("sends an empty list", lambda _: json_reply(200, []))},
    "delete": {
        "204": ("sends 204", lambda _: no_content_reply()),
        "200": ("sends 200", lambda _: json_reply(200, {})),
        "202": ("sends 202", lambda _: json_reply(202, {})),
    },
}

_ABSENT: Final[dict[str, tuple[str, Situation, tuple[Action, ...]]]] = {
    "unknown-job": ("an unknown job", with_token(is_of_unknown_job), ("status", "delete")),
    "unknown": (
        "an unknown resource",
        with_token(lambda request: not request.exists and request.export_id is None),
        ("request", "list"),
    ),
    "unknown-of-job": (
        "a job of an unknown resource",
        with_token(lambda request: not request.exists and request.export_id is not None),
        ("status", "delete"),
    ),
    "forbidden": (
        "a resource without access",
        with_token(lambda request: request.forbidden),
        ("request", "status", "list", "delete"),
    ),
}


def accepting_absent(action: Action) -> Iterator[Derivation]:
    """Something that does not exist or is forbidden, accepted in an operation."""
    for about, (words, which, actions) in _ABSENT.items():
        if action not in actions:
            continue
        for name, (does, behave) in _ACCEPTED[action].items():
            yield Derivation(
                operator="accept",
                target=f"{about}.{name}",
                sentence=f"It {does} for {words}",
                action=action,
                begin=answering(by_method(action, which), behave),
            )
    if action == "delete":
        yield Derivation(
            operator="accept",
            target="generating.204",
            sentence="It deletes a generating job",
            action=action,
            # One deleted job proves nothing, because it may have ended just before.
            repeats=False,
            begin=answering(has_state("generating"), _deleted),
        )
    if action in ("request", "status"):
        yield Derivation(
            operator="accept",
            target="method",
            sentence="It reports a state for methods that the path does not support",
            action=action,
            begin=answering(lambda request: request.reply().status == 405, _failed),
            full=True,
        )


def _deleted(request: FaultyRequest) -> Reply:
    for job in filter(None, [own_job(request)]):
        request.jobs.remove(job)
    return no_content_reply()


def on_filters(edition: Edition, kind: Kind) -> Iterator[Derivation]:
    """Parameters of a filter that are ignored, and filters that should be refused."""
    names = parameters_of(edition, kind, "request")
    for ignored in [*([name] for name in names), names] if names else []:
        target = ignored[0] if len(ignored) == 1 else "every"
        words = ignored[0] if len(ignored) == 1 else "the whole filter"

        def behave(request: FaultyRequest, ignored: list[str] = ignored) -> Reply:
            query = tuple(one for one in request.call.query if one[0] not in ignored)
            return request.answer_to(evolve(request.call, query=query))

        def which(request: FaultyRequest, ignored: list[str] = ignored) -> bool:
            return is_export_request(request) and any(
                name in ignored for name, _ in request.call.query
            )

        yield Derivation(
            operator="ignore-parameter",
            target=f"query.{target}",
            sentence=f"It ignores {words} in export requests",
            action="request",
            begin=answering(which, behave),
        )
    if names:
        yield Derivation(
            operator="accept",
            target="filter",
            sentence="It starts an export for an invalid filter",
            action="request",
            begin=answering(has_bad_filter, _started),
            open_because=_FILTERS_OPEN,
        )


def on_access(edition: Edition, kind: Kind, action: Action) -> Iterator[Derivation]:
    """Every derivation from what an operation has to refuse or to respect."""
    yield from accepting_credentials(edition, action)
    yield from accepting_absent(action)
    if action == "request":
        yield from on_filters(edition, kind)
