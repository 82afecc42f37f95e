"""Helpers of all laws: observations, groups of operations, selection of exchanges, quoting."""

import json
import re
from collections.abc import Callable, Iterable, Iterator
from functools import wraps
from typing import Any, Final, TypeVar
from urllib.parse import parse_qsl, urlencode

from prolific_exports._model._redactor import Redactor

from prolific_contract._vocabulary import OPERATIONS, Action, Operation
from prolific_contract.gate.laws._law import Observation, Outcome
from prolific_contract.gate.trace._exchanges import Credential, Exchange, HttpResponse, Trace
from prolific_contract.gate.trace._near_ids import is_misshapen


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
# Traces contain no secrets except URLs, which the redactor recognizes by their form.
_REDACTOR: Final = Redactor()


def once(find: Callable[[Trace], _T]) -> Callable[[Trace], _T]:
    """Cache a function of a conversation, so that several laws can use it.

    Callers must not change the result.
    """

    @wraps(find)
    def remembered(trace: Trace) -> _T:
        if find not in trace.cache:
            trace.cache[find] = find(trace)
        found: _T = trace.cache[find]
        return found

    return remembered


def held(operation: Operation, *exchanges: Exchange) -> Observation:
    """The law held."""
    return Observation(operation, Outcome.HELD, _indexes(exchanges))


def violated(
    operation: Operation, seen: str, *exchanges: Exchange, about: Iterable[str] = ()
) -> Observation:
    """The law was violated.

    Args:
        operation: The operation that violated it.
        seen: What happened, a sentence without its full stop. Text from the server has to
            pass through `quote`.
        exchanges: Those that prove it, the decisive one last.
        about: What is wrong: documented members such as ``complete.url``, and ids of
            statements. Empty if any statement of the law may be concerned.
    """
    return Observation(operation, Outcome.VIOLATED, _indexes(exchanges), seen, tuple(about))


def noted(operation: Operation, seen: str, *exchanges: Exchange) -> Observation:
    """A note, which does not fail a check."""
    return Observation(operation, Outcome.NOTED, _indexes(exchanges), seen)


def _indexes(exchanges: tuple[Exchange, ...]) -> tuple[int, ...]:
    return tuple([exchange.index for exchange in exchanges])


def quote(value: Any) -> str:
    """Text from a server for reports: short, on one line, without secrets."""
    text = value if isinstance(value, str) else repr(value)
    return _REDACTOR.excerpt(text, _QUOTED)


def in_json(value: Any) -> str:
    """A value from a server as JSON for reports: short, on one line, without secrets."""
    return quote(json.dumps(value, ensure_ascii=False))


def joined(words: Iterable[object]) -> str:
    """Words with commas, and "and" before the last one."""
    *others, last = map(str, words)
    return f"{', '.join(others)} and {last}" if others else last


def requests_with_response(
    trace: Trace, *, generated: bool | None = None
) -> Iterator[tuple[Exchange, Operation, HttpResponse]]:
    """The requests for documented operations that got a response.

    Args:
        trace: The conversation.
        generated: Whether to return only generated requests (True), none of them (False), or
            all requests (None).
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
    """Whether the recording has the complete body; many recorders omit bodies silently."""
    left_out = not response.body and (response.header("content-length") or "0").strip("0 ") != ""
    return not response.cut and not left_out


def has_access(exchange: Exchange) -> bool:
    """Whether a request carried the token, as far as the recording shows."""
    return exchange.credential in (Credential.VALID, Credential.UNKNOWN)


def query(exchange: Exchange) -> str:
    """The query of a request's URL."""
    return exchange.url.partition("#")[0].partition("?")[2]


def conditions(exchange: Exchange) -> str:
    """The query of a request in one form: equal for parameters in another order or encoding."""
    pairs = parse_qsl(query(exchange), keep_blank_values=True)
    return urlencode(sorted(pairs, key=lambda pair: pair[0]))


def is_silent(response: HttpResponse) -> bool:
    """Whether a response says nothing about access: rate limits and server errors."""
    return response.status == 429 or response.status >= 500


def has_final_slash(exchange: Exchange) -> bool:
    """Whether a path ends with a slash: servers accept it or not, no page says which (D-21)."""
    return re.split(r"[?#]", exchange.url, maxsplit=1)[0].endswith("/")


def is_odd(exchange: Exchange) -> bool:
    """Whether a request has a form that no page documents, so that any refusal is right.

    The id of a job is a UUID, that of a resource may be one. A server may refuse an id of another
    length before it looks for the job or the resource.
    """
    address = exchange.address
    ids = () if address is None else (address.resource_id, address.export_id)
    misshapen = any(one is not None and is_misshapen(one) for one in ids)
    return has_final_slash(exchange) or misshapen or (exchange.generated and not is_plain(exchange))


def is_plain(exchange: Exchange) -> bool:
    """Whether the documents cover a request.

    A generated request may have ids that servers and proxies do not take for ids (with a slash,
    dots or a null), or a query: the response to those is not documented.
    """
    address = exchange.address
    if address is None or query(exchange) or has_final_slash(exchange):
        return False
    ids = [address.resource_id] + ([address.export_id] if address.export_id is not None else [])
    return all(_PLAIN.fullmatch(part) for part in ids)
