"""Laws about single answers: whether each is of the documented shape."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from prolific_contract._vocabulary import OPERATIONS, Operation
from prolific_contract.gate.laws._documented import Body, Documented, Fault, documented
from prolific_contract.gate.laws._job_limit import may_be_full
from prolific_contract.gate.laws._law import Law, Observation, Reading, Source
from prolific_contract.gate.laws._observations import (
    API,
    LIST,
    REQUEST,
    STATUS,
    answered,
    held,
    is_plain,
    is_whole,
    noted,
    query,
    quote,
    violated,
)
from prolific_contract.gate.laws._strict_json import flaw
from prolific_contract.gate.trace._exchanges import MISSING, Answer, Exchange, Trace

_RATE_LIMITED: Final = 429
_FORBIDDEN: Final = 403
_NOT_MODIFIED: Final = 304
_UNAVAILABLE: Final = 503
_NO_CONTENT: Final = 204
# RFC 9110, section 9.3.5: what a deletion may be answered with besides 204.
_DELETED: Final = (200, 202)


def _answered(trace: Trace, reading: Reading) -> Iterator[Observation]:
    del reading
    for exchange in trace.exchanges:
        operation = exchange.operation or trace.archive_operation(exchange)
        if operation is None:
            continue
        if exchange.answer is not None:
            yield held(operation, exchange)
        elif exchange.failure is not None:
            yield violated(
                operation, f"there was no HTTP answer: {quote(exchange.failure)}", exchange
            )


def _status(trace: Trace, reading: Reading) -> Iterator[Observation]:
    contract = documented(reading.contract)
    for exchange, operation, answer in answered(trace):
        if not contract.has(operation):
            continue
        statuses = _allowed(contract.statuses(operation), operation)
        if answer.status in statuses:
            states = contract.states[operation].get(answer.status, {})
            if answer.state in contract.bodies(operation) and states and answer.state not in states:
                yield violated(
                    operation,
                    f"answered {answer.status} with the status {answer.state!r}; "
                    f"{answer.status} tells {' or '.join(sorted(states))}",
                    exchange,
                )
            else:
                yield held(operation, exchange)
        elif not _excused(exchange, operation, answer) and not _over_limit(
            trace, reading, exchange, answer
        ):
            yield violated(
                operation,
                f"answered {answer.status}; documented are {_listed(statuses)}",
                exchange,
            )


def _allowed(statuses: Sequence[int], operation: Operation) -> Sequence[int]:
    # The endpoint's page has no 403, the general pages and the sibling's have.
    return sorted({*statuses, _FORBIDDEN}) if operation.action == "status" else statuses


def _excused(exchange: Exchange, operation: Operation, answer: Answer) -> bool:
    """Whether an undocumented status says nothing of the API.

    Because the request is not documented either, because somebody asks for patience, or
    because the pages have no status for a deletion that was done.
    """
    if operation.action == "delete" and answer.status in _DELETED:
        return True
    if answer.status == _UNAVAILABLE:
        return answer.header("retry-after") is not None
    if answer.status == _NOT_MODIFIED:
        return any(name.lower().startswith("if-") for name, _ in exchange.headers)
    if exchange.generated and not is_plain(exchange):
        # What takes paths for names of files may also lead to a cleaner one.
        return 300 <= answer.status < 500
    undocumented = exchange.generated or bool(query(exchange))
    return undocumented and 400 <= answer.status < 500


def _over_limit(trace: Trace, reading: Reading, exchange: Exchange, answer: Answer) -> bool:
    """Whether a request may be refused because the resource has all jobs that it may have."""
    return (
        reading.edition != "2026-03" and 400 <= answer.status < 500 and may_be_full(trace, exchange)
    )


def _listed(statuses: Sequence[int]) -> str:
    *others, last = map(str, statuses)
    return f"{', '.join(others)} and {last}"


def _judged(trace: Trace, reading: Reading) -> list[tuple[Exchange, Operation, Answer]]:
    """The answers whose form is documented.

    Not 204, which has no body, not those to requests that only a generator makes up, when
    they are refused, and not 429: whatever limits the rate may stand before the API.
    """
    contract = documented(reading.contract)
    key = (_judged, contract)
    if key not in trace.memory:
        trace.memory[key] = list(_to_judge(trace, contract))
    found: list[tuple[Exchange, Operation, Answer]] = trace.memory[key]
    return found


def _to_judge(trace: Trace, contract: Documented) -> Iterator[tuple[Exchange, Operation, Answer]]:
    for exchange, operation, answer in answered(trace):
        if not contract.has(operation):
            continue
        statuses = _allowed(contract.statuses(operation), operation)
        refused = answer.status >= 400
        if answer.status not in statuses or answer.status in (_RATE_LIMITED, _NO_CONTENT):
            continue
        if refused and exchange.generated and not is_plain(exchange):
            continue
        yield exchange, operation, answer


def _content_type(trace: Trace, reading: Reading) -> Iterator[Observation]:
    for exchange, operation, answer in _judged(trace, reading):
        value = answer.header("content-type")
        if value is None:
            yield violated(operation, "the answer has no Content-Type", exchange)
        elif value.partition(";")[0].strip().lower() != "application/json":
            yield violated(operation, f"the Content-Type is {quote(value)!r}", exchange)
        else:
            yield held(operation, exchange)


def _json(trace: Trace, reading: Reading) -> Iterator[Observation]:
    for exchange, operation, answer in _judged(trace, reading):
        if answer.redacted or not is_whole(answer):
            continue
        found = flaw(answer.body)
        if found is None:
            yield held(operation, exchange)
        else:
            yield violated(operation, f"the body {quote(found)}", exchange)


def _successes(
    trace: Trace, reading: Reading
) -> Iterator[tuple[Exchange, Operation, Answer, Mapping[str, Body]]]:
    """The documented successes with a readable body, and the bodies that it may be."""
    contract = documented(reading.contract)
    for exchange, operation, answer in _judged(trace, reading):
        states = contract.states[operation].get(answer.status)
        if states is None or answer.json is MISSING:
            continue
        # A state under the wrong status is `shape.status`'s; here it is read as what it says.
        bodies = contract.bodies(operation)
        yield exchange, operation, answer, bodies if answer.state in bodies else states


def _body_of(operation: Operation, answer: Answer, bodies: Mapping[str, Body]) -> Body | None:
    """What a success has to be; None if it tells no documented state."""
    return bodies.get("" if operation.action == "list" else str(answer.state))


def _body(trace: Trace, reading: Reading) -> Iterator[Observation]:
    for exchange, operation, answer, bodies in _successes(trace, reading):
        body = _body_of(operation, answer, bodies)
        faults = _state_faults(answer, bodies) if body is None else body.faults(answer.json)
        if faults is None:
            continue
        if answer.redacted:
            faults = [fault for fault in faults if not fault.of_format]
        if faults:
            yield violated(operation, _told(faults), exchange)
        else:
            yield held(operation, exchange)


def _state_faults(answer: Answer, bodies: Mapping[str, Body]) -> list[Fault]:
    """What is wrong with a body that tells none of the documented states."""
    if not isinstance(answer.json, dict):
        return [Fault("", f"the body is {quote(answer.json)!r}, not an object")]
    if "status" not in answer.json:
        return [Fault("", 'the body has no member "status"')]
    one_of = " or ".join(f'"{state}"' for state in sorted(bodies))
    return [Fault("/status", f"{quote(answer.json['status'])!r} is not {one_of}")]


def _told(faults: list[Fault]) -> str:
    more = len(faults) - 1
    return f"{faults[0]}" + (f", and {more} more" if more else "")


def _error(trace: Trace, reading: Reading) -> Iterator[Observation]:
    contract = documented(reading.contract)
    for exchange, operation, answer in _judged(trace, reading):
        if answer.status < 400 or not is_whole(answer):
            continue
        if answer.json is MISSING:
            yield violated(
                operation, f"the error {answer.status} has a body that is no JSON", exchange
            )
            continue
        faults = _envelope(contract.errors[operation], answer).faults(answer.json)
        if faults is None:
            continue
        if faults:
            yield violated(
                operation, f"the error {answer.status} is not enveloped: {_told(faults)}", exchange
            )
        elif answer.json["error"]["status"] != answer.status:
            told = quote(answer.json["error"]["status"])
            yield violated(
                operation, f"the error {answer.status} says that its status is {told}", exchange
            )
        else:
            yield held(operation, exchange)


def _envelope(errors: Mapping[int, Body], answer: Answer) -> Body:
    # One that is not documented for this operation has the form of those that are.
    return errors.get(answer.status) or next(iter(errors.values()))


def _additive(trace: Trace, reading: Reading) -> Iterator[Observation]:
    contract = documented(reading.contract)
    bodies = [
        (exchange, operation, answer, body)
        for exchange, operation, answer, bodies in _successes(trace, reading)
        if (body := _body_of(operation, answer, bodies)) is not None
    ]
    bodies += [
        (exchange, operation, answer, _envelope(contract.errors[operation], answer))
        for exchange, operation, answer in _judged(trace, reading)
        if answer.status >= 400 and answer.json is not MISSING
    ]
    for exchange, operation, answer, body in bodies:
        extras = body.extras(answer.json)
        if not extras:
            yield held(operation, exchange)
            continue
        say = violated if reading.strict else noted
        yield say(operation, f"not documented: {', '.join(sorted(extras))}", exchange)


LAWS: Final = (
    Law(
        id="shape.answered",
        statement="Every request gets an HTTP answer.",
        source=Source(
            "documents/003",
            "Request, poll and download are each answered at once, whatever an export takes. An "
            "answer that a recording lacks without a reason is nobody's fault.",
        ),
        operations=OPERATIONS,
        needs="a request for the operation, and how it ended",
        check=_answered,
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
            "Every answer has a documented status; of a request's answers 200 tells a complete "
            "export and 202 one that is generating."
        ),
        source=Source(
            "documents/000, 002, 003, 004",
            "The prose has 202 for a new job and 200 for a recent export; the schemas forgot 202. "
            "401, 404 and 429 are in the general pages and hold everywhere; a refused GET may say "
            "403 too. Not judged: refusals of a request with a query, or of a made-up one, or of "
            "one for a resource that may have ten jobs already, whose statuses no page has; 200 "
            "and 202 of a deletion, for which the pages have no status and the official CLI "
            "takes 204; and 503 with Retry-After, by which any server may pause.",
            ("D-1", "D-2", "D-3", "D-11", "D-12", "D-13"),
        ),
        operations=API,
        needs="an answer of the operation",
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
        statement="Every documented answer is application/json, with or without parameters.",
        source=Source(
            "documents/000, 002, 004",
            "It is the only media type of every documented answer. 429 is not judged: whatever "
            "limits the rate may stand before the API.",
        ),
        operations=API,
        needs="an answer with a documented status",
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
            "The body of a success has the members of the state it tells, a list those of every "
            "job, of the documented types and formats; a date-time has an offset."
        ),
        source=Source(
            "documents/000, 002, 003, 004",
            "Three states: generating with a UUID, complete with a URI and a date-time, failed. "
            "Further members are allowed, and any offset or fraction of a second; ids are UUIDs "
            "in bodies, whatever they are in paths. A list is an array of jobs, each with its id, "
            "status and date-time; what the status may be is not published.",
            ("D-3", "D-6", "D-7", "D-8"),
        ),
        operations=(*REQUEST, *STATUS, *LIST),
        needs="a success whose body is JSON",
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
            "Every documented answer is one JSON text in UTF-8: no byte order mark, no name "
            "twice, no NaN or Infinity, nothing after it."
        ),
        source=Source(
            "documents/000, 002, 004",
            "The media type is application/json, which RFC 8259 defines; where it leaves readers "
            "a choice, the choice is made that every reader can read.",
        ),
        operations=API,
        needs="an answer with a documented status, recorded whole and without redaction",
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
        statement="Every error is the documented envelope, and its status is the HTTP status.",
        source=Source(
            "documents/000, 002, 004",
            "An error is an object `error` with status, error_code, title and detail; the detail "
            "is a text, a list of texts, or lists of texts by field name. Clients have met flat "
            "errors too; no document has them.",
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
            "No answer has members that are not documented. They are noted, and violate the law "
            "only under --strict."
        ),
        source=Source(
            "API reference, versioning and stability",
            "Documented endpoints stay compatible; additions are how an API grows, and the first "
            "sign that the documents fall behind. One of Prolific's own tools expects an "
            "export_id in every state, the schemas have it in generating alone.",
            ("D-7",),
        ),
        operations=API,
        needs="a documented answer with a JSON body",
        check=_additive,
        mutants=(
            "field-extra",
            "field-extra-in-error",
            "list-field-extra",
            "list-filter-extra",
        ),
    ),
)
