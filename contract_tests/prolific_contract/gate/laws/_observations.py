"""What all laws use: making observations, choosing operations and exchanges, quoting."""

import re
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any, Final, TypeVar

from prolific_exports._model._redactor import Redactor

from prolific_contract._vocabulary import OPERATIONS, Action, Operation
from prolific_contract.gate.laws._law import Observation, Outcome
from prolific_contract.gate.trace._exchanges import Credential, Exchange, HttpResponse, Trace


def _of(*actions: Action) -> tuple[Operation, ...]:
    return tuple(operation for operation in OPERATIONS if operation.action in actions)


REQUEST: Final = _of("request")
STATUS: Final = _of("status")
ARCHIVE: Final = _of("archive")
LIST: Final = _of("list")
DELETE: Final = _of("delete")
API: Final = _of("request", "status", "list", "delete")

_T = TypeVar("_T")
_PLAIN = re.compile(r"[A-Za-z0-9_~-]+")
_QUOTED: Final = 160
# Traces hold no secrets but the URLs, which look like it.
_REDACTOR: Final = Redactor()


def once(find: Callable[[Trace], _T]) -> Callable[[Trace], _T]:
    """A function of a conversation that is asked by several laws, and works it out once.

    What it gives is not to be changed.
    """

    @wraps(find)
    def remembered(trace: Trace) -> _T:
        if find not in trace.memory:
            trace.memory[find] = find(trace)
        found: _T = trace.memory[find]
        return found

    return remembered


def held(operation: Operation, *exchanges: Exchange) -> Observation:
    """A law was kept."""
    return Observation(operation, Outcome.HELD, _indexes(exchanges))


def violated(operation: Operation, seen: str, *exchanges: Exchange) -> Observation:
    """A law was broken.

    Args:
        operation: The operation that broke it.
        seen: What was seen, a sentence without its full stop. What it takes from the
            server has to go through `quote` before.
        exchanges: Those that show it, the decisive one last.
    """
    return Observation(operation, Outcome.VIOLATED, _indexes(exchanges), seen)


def noted(operation: Operation, seen: str, *exchanges: Exchange) -> Observation:
    """Something to know, not to fail for."""
    return Observation(operation, Outcome.NOTED, _indexes(exchanges), seen)


def _indexes(exchanges: tuple[Exchange, ...]) -> tuple[int, ...]:
    return tuple([exchange.index for exchange in exchanges])


def quote(value: Any) -> str:
    """What a server sent, fit to be shown: short, one line, secrets removed."""
    text = value if isinstance(value, str) else repr(value)
    return _REDACTOR.excerpt(text, _QUOTED)


def answered(
    trace: Trace, *, generated: bool | None = None
) -> Iterator[tuple[Exchange, Operation, HttpResponse]]:
    """The answered requests for the API's documented operations.

    Args:
        trace: The conversation.
        generated: Of the made-up requests only those, none or (None) all.
    """
    for exchange in trace.exchanges:
        operation = exchange.operation
        if (
            operation is not None
            and exchange.response is not None
            and generated in (None, exchange.generated)
        ):
            yield exchange, operation, exchange.response


def is_whole(response: HttpResponse) -> bool:
    """Whether the recording has all of a body; many leave bodies out without a word."""
    left_out = not response.body and (response.header("content-length") or "0").strip("0 ") != ""
    return not response.cut and not left_out


def has_access(exchange: Exchange) -> bool:
    """Whether a request was sent with the token, as far as a recording shows."""
    return exchange.credential in (Credential.VALID, Credential.UNKNOWN)


def query(exchange: Exchange) -> str:
    """The query of a request's URL."""
    return exchange.url.partition("#")[0].partition("?")[2]


def is_plain(exchange: Exchange) -> bool:
    """Whether a request is one that the documents speak of.

    A made-up request may hold ids that servers and proxies take for something else
    than an id (a slash, dots, a null), or a query: its refusal is not documented.
    """
    address = exchange.address
    if address is None or query(exchange) or exchange.url.endswith("/"):
        return False
    ids = [address.resource_id] + ([address.export_id] if address.export_id is not None else [])
    return all(_PLAIN.fullmatch(part) for part in ids)
