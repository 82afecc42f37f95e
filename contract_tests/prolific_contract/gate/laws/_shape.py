"""Laws about the shape of single responses."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from prolific_contract._vocabulary import OPERATIONS, Operation
from prolific_contract.gate.laws._documented import Documented, DocumentedBody, Mismatch, documented
from prolific_contract.gate.laws._job_limit import may_be_full
from prolific_contract.gate.laws._law import Law, LawContext, LawSource, Observation
from prolific_contract.gate.laws._observations import (
    API,
    LIST,
    REQUEST,
    STATUS,
    held,
    is_plain,
    is_whole,
    noted,
    query,
    quote,
    requests_with_response,
    violated,
)
from prolific_contract.gate.laws._strict_json import json_flaw
from prolific_contract.gate.trace._exchanges import MISSING, Exchange, HttpResponse, Trace

_RATE_LIMITED: Final = 429
_FORBIDDEN: Final = 403
_NOT_MODIFIED: Final = 304
_UNAVAILABLE: Final = 503
_NO_CONTENT: Final = 204
# Other success statuses of a deletion (RFC 9110, section 9.3.5).
_DELETED: Final = (200, 202)


def _gets_response(trace: Trace, context: LawContext) -> Iterator[Observation]:
    del context
    for exchange in trace.exchanges:
        operation = exchange.operation or trace.archive_operation(exchange)
        if operation is None:
            continue
        if exchange.response is not None:
            yield held(operation, exchange)
        elif exchange.failure is not None:
            yield violated(operation, f"no HTTP response: {quote(exchange.failure)}", exchange)


def _status(trace: Trace, context: LawContext) -> Iterator[Observation]:
    contract = documented(context.contract)
    for exchange, operation, response in requests_with_response(trace):
        if not contract.has(operation):
            continue
        statuses = _allowed(contract.statuses(operation), operation)
        if response.status in statuses:
            states = contract.states[operation].get(response.status, {})
            if (
                response.state in contract.bodies(operation)
                and states
                and response.state not in states
            ):
                yield violated(
                    operation,
                    f"the response is {response.status} with the status {response.state!r}; "
                    f"{response.status} means {' or '.join(sorted(states))}",
                    exchange,
                )
            else:
                yield held(operation, exchange)
        elif not _excused(exchange, operation, response) and not _over_limit(
            trace, context, exchange, response
        ):
            yield violated(
                operation,
                f"the response is {response.status}; documented are {_listed(statuses)}",
                exchange,
            )


def _allowed(statuses: Sequence[int], operation: Operation) -> Sequence[int]:
    # The page of this endpoint omits 403; the general pages and those of other endpoints have it.
    return sorted({*statuses, _FORBIDDEN}) if operation.action == "status" else statuses


def _excused(exchange: Exchange, operation: Operation, response: HttpResponse) -> bool:
    """Whether an undocumented status proves nothing against the API.

    The request is not documented either, or the server asks to retry later, or the pages
    document no status for a successful deletion.
    """
    if operation.action == "delete" and response.status in _DELETED:
        return True
    if response.status == _UNAVAILABLE:
        return response.header("retry-after") is not None
    if response.status == _NOT_MODIFIED:
        return any(name.lower().startswith("if-") for name, _ in exchange.headers)
    if exchange.generated and not is_plain(exchange):
        # Servers that normalize paths may redirect to the normalized one.
        return 300 <= response.status < 500
    undocumented = exchange.generated or bool(query(exchange))
    return undocumented and 400 <= response.status < 500


def _over_limit(
    trace: Trace, context: LawContext, exchange: Exchange, response: HttpResponse
) -> bool:
    """Whether a request may be refused because the resource has reached the job limit."""
    return (
        context.edition != "2026-03"
        and 400 <= response.status < 500
        and may_be_full(trace, exchange)
    )


def _listed(statuses: Sequence[int]) -> str:
    *others, last = map(str, statuses)
    return f"{', '.join(others)} and {last}"


def _documented_responses(
    trace: Trace, context: LawContext
) -> list[tuple[Exchange, Operation, HttpResponse]]:
    """The responses whose form is documented.

    Excluded are 204, which has no body, refused requests that only a generator sends, and 429,
    which a rate limiter in front of the API may send.
    """
    contract = documented(context.contract)
    key = (_documented_responses, contract)
    if key not in trace.cache:
        trace.cache[key] = list(_find_documented_responses(trace, contract))
    found: list[tuple[Exchange, Operation, HttpResponse]] = trace.cache[key]
    return found


def _find_documented_responses(
    trace: Trace, contract: Documented
) -> Iterator[tuple[Exchange, Operation, HttpResponse]]:
    for exchange, operation, response in requests_with_response(trace):
        if not contract.has(operation):
            continue
        statuses = _allowed(contract.statuses(operation), operation)
        refused = response.status >= 400
        if response.status not in statuses or response.status in (_RATE_LIMITED, _NO_CONTENT):
            continue
        if refused and exchange.generated and not is_plain(exchange):
            continue
        yield exchange, operation, response


def _content_type(trace: Trace, context: LawContext) -> Iterator[Observation]:
    for exchange, operation, response in _documented_responses(trace, context):
        value = response.header("content-type")
        if value is None:
            yield violated(operation, "the response has no Content-Type", exchange)
        elif value.partition(";")[0].strip().lower() != "application/json":
            yield violated(operation, f"the Content-Type is {quote(value)!r}", exchange)
        else:
            yield held(operation, exchange)


def _json(trace: Trace, context: LawContext) -> Iterator[Observation]:
    for exchange, operation, response in _documented_responses(trace, context):
        if response.redacted or not is_whole(response):
            continue
        found = json_flaw(response.body)
        if found is None:
            yield held(operation, exchange)
        else:
            yield violated(operation, f"the body {quote(found)}", exchange)


def _successes(
    trace: Trace, context: LawContext
) -> Iterator[tuple[Exchange, Operation, HttpResponse, Mapping[str, DocumentedBody]]]:
    """The documented successful responses with a JSON body, and the bodies allowed for each."""
    contract = documented(context.contract)
    for exchange, operation, response in _documented_responses(trace, context):
        states = contract.states[operation].get(response.status)
        if states is None or response.json is MISSING:
            continue
        # A state under the wrong status violates `shape.status`; here its body is judged by state.
        bodies = contract.bodies(operation)
        yield exchange, operation, response, bodies if response.state in bodies else states


def _body_of(
    operation: Operation, response: HttpResponse, bodies: Mapping[str, DocumentedBody]
) -> DocumentedBody | None:
    """The documented body for a response's state; None if the state is not documented."""
    return bodies.get("" if operation.action == "list" else str(response.state))


def _body(trace: Trace, context: LawContext) -> Iterator[Observation]:
    for exchange, operation, response, bodies in _successes(trace, context):
        body = _body_of(operation, response, bodies)
        mismatches = (
            _state_mismatches(response, bodies) if body is None else body.mismatches(response.json)
        )
        if mismatches is None:
            continue
        if response.redacted:
            mismatches = [mismatch for mismatch in mismatches if not mismatch.format_only]
        if mismatches:
            yield violated(operation, _summary(mismatches), exchange)
        else:
            yield held(operation, exchange)


def _state_mismatches(
    response: HttpResponse, bodies: Mapping[str, DocumentedBody]
) -> list[Mismatch]:
    """What is wrong with a body without a documented state."""
    if not isinstance(response.json, dict):
        return [Mismatch("", f"the body is {quote(response.json)!r}, not an object")]
    if "status" not in response.json:
        return [Mismatch("", 'the body has no member "status"')]
    one_of = " or ".join(f'"{state}"' for state in sorted(bodies))
    return [Mismatch("/status", f"{quote(response.json['status'])!r} is not {one_of}")]


def _summary(mismatches: list[Mismatch]) -> str:
    more = len(mismatches) - 1
    return f"{mismatches[0]}" + (f", and {more} more" if more else "")


def _error(trace: Trace, context: LawContext) -> Iterator[Observation]:
    contract = documented(context.contract)
    for exchange, operation, response in _documented_responses(trace, context):
        if response.status < 400 or not is_whole(response):
            continue
        if response.json is MISSING:
            yield violated(
                operation, f"the body of the error {response.status} is not JSON", exchange
            )
            continue
        mismatches = _envelope(contract.errors[operation], response).mismatches(response.json)
        if mismatches is None:
            continue
        if mismatches:
            yield violated(
                operation,
                f"the error {response.status} has no valid envelope: {_summary(mismatches)}",
                exchange,
            )
        elif response.json["error"]["status"] != response.status:
            stated = quote(response.json["error"]["status"])
            yield violated(
                operation,
                f"the envelope of the error {response.status} has the status {stated}",
                exchange,
            )
        else:
            yield held(operation, exchange)


def _envelope(errors: Mapping[int, DocumentedBody], response: HttpResponse) -> DocumentedBody:
    # An error without documentation for this operation has the same form as the documented ones.
    return errors.get(response.status) or next(iter(errors.values()))


def _additive(trace: Trace, context: LawContext) -> Iterator[Observation]:
    contract = documented(context.contract)
    bodies = [
        (exchange, operation, response, body)
        for exchange, operation, response, bodies in _successes(trace, context)
        if (body := _body_of(operation, response, bodies)) is not None
    ]
    bodies += [
        (exchange, operation, response, _envelope(contract.errors[operation], response))
        for exchange, operation, response in _documented_responses(trace, context)
        if response.status >= 400 and response.json is not MISSING
    ]
    for exchange, operation, response, body in bodies:
        extras = body.extras(response.json)
        if not extras:
            yield held(operation, exchange)
            continue
        say = violated if context.strict else noted
        yield say(operation, f"not documented: {', '.join(sorted(extras))}", exchange)


LAWS: Final = (
    Law(
        id="shape.answered",
        statement="Every request gets an HTTP response.",
        source=LawSource(
            "documents/003",
            "A request, a poll and a download each get a response at once, however long the "
            "export takes. Not judged: entries without a response for which a recording gives "
            "no reason.",
        ),
        operations=OPERATIONS,
        needs="a request for the operation, and its outcome",
        check=_gets_response,
        mutants=(
            "reset",
            "hang",
            "garbage",
            "cut",
        ),
    ),
    Law(
        id="shape.status",
        statement=(
            "Every response has a documented status. The response to an export request has "
            "status 200 if the export is complete and 202 if it is generating."
        ),
        source=LawSource(
            "documents/000, 002, 003, 004",
            "The prose documents 202 for a new job and 200 for a recent export; the schemas "
            "omit 202. The general pages document 401, 404 and 429 for every operation; 403 is "
            "also accepted for a poll. Not judged: refused requests that have a query, that "
            "were generated, or that were sent when the resource may already have ten jobs, "
            "because no page documents their status; 200 and 202 for a deletion, for which no "
            "page documents a status and the official CLI expects 204; and 503 with "
            "Retry-After.",
            ("D-1", "D-2", "D-3", "D-11", "D-12", "D-13"),
        ),
        operations=API,
        needs="a response of the operation",
        check=_status,
        mutants=(
            "status-201",
            "status-swapped",
            "status-204",
            "status-500",
            "status-redirect",
            "error-422",
            "failed-500",
            "unknown-job-500",
        ),
    ),
    Law(
        id="shape.content-type",
        statement=(
            "Every documented response has the Content-Type application/json, with or without "
            "parameters."
        ),
        source=LawSource(
            "documents/000, 002, 004",
            "application/json is the only media type in the documents. 429 is not judged: a "
            "rate limiter in front of the API may send it.",
        ),
        operations=API,
        needs="a response with a documented status",
        check=_content_type,
        mutants=(
            "content-type-text",
            "content-type-missing",
            "content-type-problem",
        ),
    ),
    Law(
        id="shape.body",
        statement=(
            "The body of a successful response has the documented members of its state, with "
            "the documented types and formats. A list has the documented members for each job. "
            "Every date-time has a UTC offset."
        ),
        source=LawSource(
            "documents/000, 002, 003, 004",
            "There are three states: generating with a UUID, complete with a URI and a "
            "date-time, and failed. Additional members, any offset and any fraction of a "
            "second are allowed. Ids in bodies are UUIDs, whatever form ids in paths have. A "
            "list is an array of jobs, each with its id, status and date-time; the values of "
            "the status are not published.",
            ("D-3", "D-6", "D-7", "D-8"),
        ),
        operations=(*REQUEST, *STATUS, *LIST),
        needs="a successful response with a JSON body",
        check=_body,
        mutants=(
            "field-missing",
            "expiry-missing",
            "status-missing",
            "field-null",
            "field-type",
            "field-renamed",
            "status-upper",
            "status-unknown",
            "failed-unknown",
            "date-naive",
            "date-only",
            "date-epoch",
            "uuid-not",
            "body-list",
            "body-wrapped",
            "list-wrapped",
            "list-null",
            "list-field-missing",
            "list-created-missing",
            "list-uuid-not",
            "list-date-naive",
            "list-filter-text",
            "list-status-number",
        ),
    ),
    Law(
        id="shape.json",
        statement=(
            "The body of every documented response is one JSON text in UTF-8, without a byte "
            "order mark, duplicate names, NaN, Infinity or trailing content."
        ),
        source=LawSource(
            "documents/000, 002, 004",
            "The media type is application/json, which RFC 8259 defines. Where the RFC leaves "
            "a choice to readers, the law accepts only what every reader understands.",
        ),
        operations=API,
        needs=("a response with a documented status, recorded completely and without redaction"),
        check=_json,
        mutants=(
            "json-duplicate-key",
            "json-nan",
            "json-bom",
            "json-trailing",
            "json-latin1",
            "json-utf16",
            "json-python",
            "json-trailing-in-error",
        ),
    ),
    Law(
        id="shape.error",
        statement=(
            "Every error has the documented envelope, and the status in the envelope equals "
            "the HTTP status."
        ),
        source=LawSource(
            "documents/000, 002, 004",
            "An error is an object `error` with status, error_code, title and detail. The "
            "detail is a string, a list of strings, or lists of strings by field name. Some "
            "clients have received errors without the envelope; no document describes them.",
            ("D-9", "D-10"),
        ),
        operations=API,
        needs="a documented error",
        check=_error,
        mutants=(
            "error-flat",
            "error-status-differs",
            "error-html",
            "error-field-missing",
            "error-detail-null",
            "error-code-text",
            "error-empty",
            "unknown-html",
        ),
    ),
    Law(
        id="shape.additive",
        statement=(
            "No response has undocumented members. Such members are noted; they violate the "
            "law only with --strict."
        ),
        source=LawSource(
            "API reference, versioning and stability",
            "Documented endpoints stay compatible, and an API grows by additions. An "
            "undocumented member is the first sign that the documents are out of date. One of "
            "Prolific's own tools expects an export_id in every state; the schemas have it for "
            "generating only.",
            ("D-7",),
        ),
        operations=API,
        needs="a documented response with a JSON body",
        check=_additive,
        mutants=(
            "field-extra",
            "field-extra-in-error",
            "list-field-extra",
            "list-filter-extra",
        ),
    ),
)
