"""Verdicts written by hand, to be reported."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from attrs import evolve, frozen
from prolific_contract import Action, Kind, Operation
from prolific_contract.gate import Cell, DocumentedAnswer, Verdict
from prolific_contract.gate.laws import Law, LawSource, Observation, Outcome
from prolific_contract.gate.trace import Credential, HttpResponse, Subject, Trace

from helpers import traces

TOKEN = "hushhush-0123456789abcdef"
PASSWORD = "opensesame"
SIGNATURE = "5ec2e75161e2a15ec2e75161e2a15ec2"
# All that may not be in any report.
SECRETS = (TOKEN, PASSWORD, SIGNATURE)

REQUEST = Operation("batch", "request")
STATUS = Operation("batch", "status")
ARCHIVE = Operation("batch", "archive")
COLLECTION_REQUEST = Operation("collection", "request")
COLLECTION_STATUS = Operation("collection", "status")

PRESIGNED = f"https://store.example/b.zip?X-Amz-Expires=60&X-Amz-Signature={SIGNATURE}"
# What a page, a terminal, a log or a CI system might act upon.
HOSTILE = (
    "<script>alert('x')</script></style></pre><img src=x onerror=alert(1)>"
    " \u2028 \u202e \x1b[31m \x00 \ud800 \ufffe &amp; \"'` ::error::x ##vso[task.x]"
)


def law(
    law_id: str = "shape.error",
    *operations: Operation,
    statement: str = "Every error is enveloped.",
    document: str = "documents/002, 004",
    says: str = "An error is an object.",
    discrepancies: tuple[str, ...] = (),
    needs: str = "an error",
) -> Law:
    return Law(
        id=law_id,
        statement=statement,
        source=LawSource(document, says, discrepancies),
        operations=operations or (REQUEST, STATUS),
        needs=needs,
        check=lambda _trace, _reading: (),
        mutants=(),
    )


@frozen
class CellObservation:
    """What a law observed of an operation, most of it in few words."""

    operation: Operation
    outcome: Outcome
    exchanges: tuple[int, ...]
    sentence: str = ""

    @property
    def observation(self) -> Observation:
        return Observation(self.operation, self.outcome, self.exchanges, self.sentence)


def held(operation: Operation, *exchanges: int) -> CellObservation:
    return CellObservation(operation, Outcome.HELD, exchanges or (0,))


def broken(operation: Operation, sentence: str, *exchanges: int) -> CellObservation:
    return CellObservation(operation, Outcome.VIOLATED, exchanges or (0,), sentence)


def noted(operation: Operation, sentence: str, *exchanges: int) -> CellObservation:
    return CellObservation(operation, Outcome.NOTED, exchanges or (0,), sentence)


def cells(one: Law, *seen: CellObservation) -> tuple[Cell, ...]:
    """The cells of a law."""
    return tuple(
        Cell(
            one,
            operation,
            tuple(each.observation for each in seen if each.operation == operation),
            "" if any(each.operation == operation for each in seen) else f"needs {one.needs}",
        )
        for operation in one.operations
    )


def example_trace(kind: Kind = "batch") -> Trace:
    """A request, two polls, the archive, and a probe without the token."""
    builder = traces.TraceBuilder(kind, Subject(kind, traces.RESOURCE))
    builder.request(traces.generating(), after=0.0)
    builder.poll(traces.running())
    builder.poll(traces.complete(url=PRESIGNED))
    builder.fetch(
        HttpResponse(206, (("Content-Type", "application/zip"),), b"PK participants said"),
        url=PRESIGNED,
        headers=(("Range", "bytes=-65557"), ("User-Agent", "gate")),
    )
    builder.poll(traces.error(401), credential=Credential.NONE)
    return builder.trace


def verdict(*found: Cell, trace: Trace | None = None, **changes: Any) -> Verdict:
    usual = Verdict(
        target=traces.BASE,
        profile="polite",
        edition_asked=None,
        edition_found="2026-03",
        strict=False,
        started=datetime(2026, 3, 20, 10, 0, tzinfo=UTC),
        took=12.0,
        trace=example_trace() if trace is None else trace,
        cells=found or cells(law(), held(REQUEST), held(STATUS, 4)),
        answers=(),
        version="1.2.3",
    )
    return evolve(usual, **changes)


def answer(
    status: int, branch: str = "", *, seen: bool, kind: Kind = "batch", action: Action = "status"
) -> DocumentedAnswer:
    return DocumentedAnswer(Operation(kind, action), status, branch, seen)


def failing(**changes: Any) -> Verdict:
    """Of everything that a verdict can hold something."""
    found = (
        *cells(law("shape.answered", REQUEST, STATUS, ARCHIVE), held(REQUEST), held(ARCHIVE, 3)),
        *cells(
            law("shape.error", discrepancies=("D-9", "D-10")),
            broken(REQUEST, "the error is flat", 0),
            broken(STATUS, "the error is empty", 4),
            broken(STATUS, "the error is empty", 1),
            broken(STATUS, "the error is a page", 2),
        ),
        *cells(law("shape.additive", needs="a body"), noted(STATUS, "not documented: /new", 1, 2)),
        *cells(law("value.archive", ARCHIVE), broken(ARCHIVE, "the file is no ZIP file", 2, 3)),
    )
    answers = (answer(200, "failed", seen=False), answer(404, seen=True))
    return verdict(*found, **{"answers": answers, **changes})


def hostile(**changes: Any) -> Verdict:
    """Everything that a server can say is made to break out of what shows it, or to leak."""
    leak = f"https://ada:{PASSWORD}@h.example/x?Signature={SIGNATURE}"
    fields = (
        ("X-<b>", HOSTILE),
        ("Location", leak),
        ("Set-Cookie", f"session={SIGNATURE}"),
        ("Authorization", f"Token {TOKEN}"),
    )
    body = f"{HOSTILE} {leak} Authorization: Token {TOKEN}".encode("utf-8", "surrogatepass")
    builder = traces.TraceBuilder("batch", Subject("batch", traces.RESOURCE))
    builder.request(traces.generating(), after=0.0)
    builder.poll(traces.complete(url=f"{PRESIGNED}#{HOSTILE}"))
    builder.request(HttpResponse(500, fields, body), headers=fields)
    builder.request(
        None, resource=f"{HOSTILE}/{leak}", failure=f"reset by {leak} {HOSTILE}", after=1.0
    )
    builder.fetch(HttpResponse(200, fields, body), url=f"{PRESIGNED}#{HOSTILE}")
    builder.poll(traces.generating(export_id=f"{HOSTILE}{leak}", status=200), export_id=HOSTILE)
    sentence = f"answered {HOSTILE} at {leak}"
    found = cells(
        law("shape.error", REQUEST, STATUS, ARCHIVE),
        broken(REQUEST, sentence, 2),
        broken(REQUEST, sentence, 3),
        noted(STATUS, sentence, 5),
        broken(ARCHIVE, sentence, 1, 4),
    )
    return verdict(*found, trace=builder.trace, **{"target": leak, **changes})


def many(operations: Iterable[Operation], sentence: str, *indexes: int) -> list[CellObservation]:
    return [broken(operation, sentence, index) for operation in operations for index in indexes]
