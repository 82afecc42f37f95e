"""Laws about the bodies of single responses and their media type."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from prolific_contract._vocabulary import Operation
from prolific_contract.gate.laws._documented import (
    Documented,
    DocumentedBody,
    Mismatch,
    allowed_statuses,
    documented,
)
from prolific_contract.gate.laws._law import Law, LawContext, LawSource, Observation
from prolific_contract.gate.laws._observations import (
    API,
    LIST,
    REQUEST,
    STATUS,
    held,
    in_json,
    is_odd,
    is_whole,
    noted,
    quote,
    requests_with_response,
    violated,
)
from prolific_contract.gate.laws._strict_json import json_flaw
from prolific_contract.gate.trace._exchanges import MISSING, Exchange, HttpResponse, Trace

_RATE_LIMITED: Final = 429
_NO_CONTENT: Final = 204


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
        statuses = allowed_statuses(contract, operation)
        refused = response.status >= 400
        if response.status not in statuses or response.status in (_RATE_LIMITED, _NO_CONTENT):
            continue
        if refused and is_odd(exchange):
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
        found = _json_flaw(response)
        if found is None:
            yield held(operation, exchange)
        else:
            yield violated(operation, f"the body {quote(found)}", exchange)


def _json_flaw(response: HttpResponse) -> str | None:
    return json_flaw(response.body, response.header("content-encoding"))


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
        value = _without_nulls(response.json) if operation.action == "list" else response.json
        mismatches = _state_mismatches(response, bodies) if body is None else body.mismatches(value)
        if mismatches is None:
            continue
        if response.redacted:
            mismatches = [mismatch for mismatch in mismatches if not mismatch.format_only]
        if mismatches:
            names = _names(operation, response, bodies)
            yield violated(
                operation,
                f"the body is not as documented: {_summary(mismatches)}",
                exchange,
                about=_members(names, mismatches),
            )
        else:
            yield held(operation, exchange)


def _without_nulls(listed: Any) -> Any:
    """A list of jobs in which the filters have no conditions that are null.

    A client of the documents reads a missing condition and null in the same way.
    """
    if not isinstance(listed, list):
        return listed
    return [_without_null_conditions(job) for job in listed]


def _without_null_conditions(job: Any) -> Any:
    if not isinstance(job, dict) or not isinstance(job.get("filter"), dict):
        return job
    conditions = {name: value for name, value in job["filter"].items() if value is not None}
    return {**job, "filter": conditions}


def _state_mismatches(
    response: HttpResponse, bodies: Mapping[str, DocumentedBody]
) -> list[Mismatch]:
    """What is wrong with a body without a documented state."""
    if not isinstance(response.json, dict):
        return [Mismatch("", f"it is {in_json(response.json)}, not an object")]
    if "status" not in response.json:
        return [Mismatch("", 'it has no member "status"', member=".status")]
    one_of = " or ".join(f'"{state}"' for state in sorted(bodies))
    reason = f"{in_json(response.json['status'])} is not {one_of}"
    return [Mismatch("/status", reason, member=".status")]


def _names(
    operation: Operation, response: HttpResponse, bodies: Mapping[str, DocumentedBody]
) -> Sequence[str]:
    """What the contract's bodies are called that a response may be meant to be."""
    if operation.action == "list":
        return ("list",)
    return (str(response.state),) if response.state in bodies else sorted(bodies)


def _members(names: Sequence[str], mismatches: Sequence[Mismatch]) -> list[str]:
    """The wrong members of a body, each once, in the order of the mismatches."""
    return list(
        dict.fromkeys(f"{name}{mismatch.member}" for mismatch in mismatches for name in names)
    )


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
                operation,
                f"the body of the error {response.status} {_json_flaw(response)}",
                exchange,
                about=("error",),
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
                about=_members(("error",), mismatches),
            )
        elif response.json["error"]["status"] != response.status:
            stated = quote(response.json["error"]["status"])
            yield violated(
                operation,
                f"the envelope of the error {response.status} has the status {stated}",
                exchange,
                about=("error.error.status",),
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
            "the status are not published, and a condition of a filter that is null counts as "
            "missing.",
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
            "order mark, duplicate names, NaN, Infinity, trailing content or more than 100 levels."
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
            "json-gzip",
            "json-deep",
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
