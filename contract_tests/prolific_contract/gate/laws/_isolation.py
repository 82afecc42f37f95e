"""Laws about identity, visibility and access."""

from collections.abc import Iterator
from typing import Final

from prolific_contract._vocabulary import Operation
from prolific_contract.gate.laws._jobs import (
    JobKey,
    canonical,
    forbidden_resources,
    resource_of,
    returned_job_id,
)
from prolific_contract.gate.laws._law import Law, LawContext, LawSource, Observation
from prolific_contract.gate.laws._lists import first_requests, lists_of
from prolific_contract.gate.laws._observations import (
    API,
    DELETE,
    LIST,
    REQUEST,
    STATUS,
    has_access,
    has_final_slash,
    held,
    is_silent,
    joined,
    quote,
    requests_with_response,
    violated,
)
from prolific_contract.gate.trace._exchanges import (
    INVALID_CREDENTIALS,
    Credential,
    Exchange,
    HttpResponse,
    Trace,
)

# Not GET and DELETE, which edition 2026-11 has; any server may support HEAD, OPTIONS and TRACE.
_CLOSED: Final = (401, 403, 404)
_UNDOCUMENTED: Final = {"request": ("PUT", "PATCH", "DELETE"), "status": ("POST", "PUT", "PATCH")}

_WITHOUT_SCHEME: Final = frozenset(
    {
        Credential.MALFORMED,
        Credential.WRONG_SCHEME,
        Credential.NO_SCHEME,
        Credential.NEAR_SCHEME,
    }
)


def _credentials(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    # Some recorders remove the Authorization header from every request.
    shown = any(
        exchange.credential not in (Credential.NONE, Credential.UNKNOWN)
        for exchange, _, _ in requests_with_response(trace)
    )
    for exchange, operation, response in requests_with_response(trace):
        if exchange.credential not in INVALID_CREDENTIALS or not shown or is_silent(response):
            continue
        if response.status == 401:
            yield held(operation, exchange)
        elif response.status < 300 or not (exchange.generated or has_final_slash(exchange)):
            yield violated(
                operation,
                f"a request with {exchange.credential} got {response.status}, not 401",
                exchange,
                about=[_statement_about(exchange.credential, response)],
            )


def _statement_about(credential: Credential, response: HttpResponse) -> str:
    """The statement that a response to an invalid credential breaks."""
    if response.status >= 300:
        return "api.status.401"
    return "api.access.scheme" if credential in _WITHOUT_SCHEME else "api.access.token"


def _token_echo(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    for exchange in trace.exchanges:
        address, response = exchange.address, exchange.response
        if address is None or response is None or response.echoes_token is None:
            continue
        operation = exchange.operation or address.operation
        if response.echoes_token:
            yield violated(operation, "the response contains the API token", exchange)
        else:
            yield held(operation, exchange)


def _job_scope(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    owners: dict[str, dict[tuple[str, str], Exchange]] = {}
    for exchange, _, _ in requests_with_response(trace, generated=False):
        address, export_id = exchange.address, returned_job_id(exchange)
        if address is not None and export_id is not None:
            of_job = owners.setdefault(canonical(export_id), {})
            of_job.setdefault(resource_of(address), exchange)
    for exchange, operation, response in requests_with_response(trace):
        address = exchange.address
        if address is None or address.export_id is None or not has_access(exchange):
            continue
        places = owners.get(canonical(address.export_id), {})
        # `time.unique-id` judges a job that was also returned for this resource.
        if not places or resource_of(address) in places or is_silent(response):
            continue
        (kind, resource_id), owner = next(iter(places.items()))
        if response.status < 300:
            done = "reported" if operation.action == "status" else "deleted"
            yield violated(
                operation,
                f"a job of the {kind} {quote(resource_id)} was {done} under the {address.kind} "
                f"{quote(address.resource_id)}",
                owner,
                exchange,
            )
        else:
            yield held(operation, owner, exchange)


def _forbidden(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    forbidden = forbidden_resources(trace)
    for exchange, operation, response in requests_with_response(trace):
        address = exchange.address
        if (
            address is None
            or resource_of(address) not in forbidden
            or exchange.credential is not Credential.VALID
            or is_silent(response)
        ):
            continue
        if response.status in _CLOSED:
            yield held(operation, exchange)
        elif response.status < 300 or not exchange.generated:
            yield violated(
                operation,
                f"a request for a resource without access got {response.status}; documented are "
                f"{joined(_CLOSED)}",
                exchange,
                about=["api.access.workspace" if response.status < 300 else "api.status.403"],
            )


def _methods(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    # A server may refuse access or report an unknown resource before it checks the method.
    known = {
        exchange.address
        for exchange, _, response in requests_with_response(trace)
        if response.status < 300 and exchange.credential is Credential.VALID
    }
    for exchange in trace.exchanges:
        address, response = exchange.address, exchange.response
        if address is None or response is None or exchange.credential is not Credential.VALID:
            continue
        operation = address.operation
        if exchange.method not in _UNDOCUMENTED[operation.action] or is_silent(response):
            continue
        if response.status == 405:
            yield _allow(operation, response, exchange)
        elif response.status < 300 or address in known:
            yield violated(operation, f"{exchange.method} got {response.status}, not 405", exchange)


def _allow(operation: Operation, response: HttpResponse, exchange: Exchange) -> Observation:
    allow = response.listed("allow")
    if allow is None:
        return violated(operation, f"{exchange.method} got 405 without an Allow header", exchange)
    if operation.method not in allow:
        shown = quote(", ".join(allow))
        return violated(
            operation, f"the Allow header is {shown!r} and lacks {operation.method}", exchange
        )
    return held(operation, exchange)


def _list_scope(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    named = first_requests(trace)
    for one in lists_of(trace):
        own = (one.kind, one.resource_id)
        foreign_jobs = {
            key: request
            for key, request in named.items()
            if (key.kind, key.resource_id) != own
            and request.index < one.exchange.index
            # `time.unique-id` judges a job that was also returned for this resource.
            and JobKey(*own, key.export_id) not in named
        }
        seen = [key for key in foreign_jobs if one.find(key.export_id) is not None]
        for key in seen:
            yield violated(
                one.operation,
                f"a job of the {key.kind} {quote(key.resource_id)} is listed",
                foreign_jobs[key],
                one.exchange,
            )
        if foreign_jobs and not seen:
            yield held(one.operation, one.exchange)


LAWS: Final = (
    Law(
        id="isolation.credentials",
        statement=(
            "A request gets 401 if its token is missing, malformed or wrong, or if it uses "
            "another scheme than Token."
        ),
        source=LawSource(
            "API reference, authentication and errors; documents/001",
            "Every request carries `Token <token>`, and 401 is the response to requests "
            "without a valid token. 404 may hide a resource from a valid token, but not from "
            "an invalid one. This holds for unknown and forbidden ids, too. Not judged: the "
            "number of spaces before the token, the letter case of the scheme, and how a path "
            "with a final slash is refused.",
            ("D-12", "D-13", "D-21", "D-29"),
        ),
        operations=API,
        needs=("a request without a valid token, in a recording that shows Authorization headers"),
        check=_credentials,
        mutants=(
            "auth-none",
            "auth-malformed",
            "auth-any-scheme",
            "auth-any-token",
            "auth-403",
            "auth-404",
            "auth-redirect",
            "auth-empty",
            "auth-no-scheme",
            "auth-near-scheme",
            "auth-prefix",
            "auth-suffix",
            "auth-longer",
            "auth-last-character",
            "auth-first-character",
            "auth-any-case",
            "auth-not-complete",
            "auth-not-slash",
            "auth-not-filtered",
            "auth-after-state",
            "auth-after-job",
            "auth-after-resource",
            "auth-after-access",
        ),
    ),
    Law(
        id="isolation.token-echo",
        statement="No response contains the API token, in its body or in a header.",
        source=LawSource(
            "documents/001",
            "The token grants full permission and does not expire. Responses are logged, "
            "stored and displayed where it must not appear.",
        ),
        operations=API,
        needs="a response, from a recorder that searched it for the token",
        check=_token_echo,
        mutants=(
            "token-echo",
            "token-echo-header",
            "token-echo-error",
            "token-echo-url",
        ),
    ),
    Law(
        id="isolation.job-scope",
        statement=(
            "A job can be polled and deleted only under the kind and the resource for which it "
            "was started."
        ),
        source=LawSource(
            "documents/000, 001; API reference, delete an export",
            "The path names the resource and then its job; under another path there is no such "
            "job. The status of the refusal is not judged.",
            ("D-13",),
        ),
        operations=(*STATUS, *DELETE),
        needs=(
            "a started job, and a poll or deletion of it under another kind or resource with "
            "the token"
        ),
        check=_job_scope,
        mutants=("scope-kind", "scope-resource"),
    ),
    Law(
        id="isolation.forbidden",
        statement="A resource that the token cannot access stays closed: requests get 403.",
        source=LawSource(
            "documents/002, 004; API reference, list export jobs and delete an export",
            "The pages of the operations document 403 or 404 for missing access to the "
            "workspace, the general pages 401 or 404: all three are accepted.",
            ("D-12", "D-13"),
        ),
        operations=API,
        needs="a request with the token for a resource that is given as forbidden",
        check=_forbidden,
        mutants=(
            "forbidden-200",
            "forbidden-filtered",
            "forbidden-status",
            "forbidden-list",
            "forbidden-delete",
        ),
    ),
    Law(
        id="isolation.methods",
        statement="A method that a path does not support gets 405 with an Allow header.",
        source=LawSource(
            "API reference, errors",
            "405 is documented for a method that is not allowed; RFC 9110, section 15.5.6, "
            "requires Allow. Not judged: GET and DELETE where the later edition lists and "
            "deletes jobs, and HEAD, OPTIONS and TRACE.",
        ),
        operations=(*REQUEST, *STATUS),
        needs="PUT or PATCH with the token on an export path",
        check=_methods,
        mutants=(
            "method-200",
            "method-404",
            "method-no-allow",
        ),
        profile="full",
    ),
    Law(
        id="isolation.list-scope",
        statement="A list contains only jobs of its resource.",
        source=LawSource(
            "API reference, list export jobs",
            "The path names the resource whose jobs the list contains.",
            ("D-3",),
        ),
        operations=LIST,
        needs="a job that was started for another resource or kind, and a later list",
        check=_list_scope,
        mutants=("list-scope-kind", "list-scope-near", "list-scope-resource"),
    ),
)
