"""How this project's client handles messages that break the old contract.

Responses of the export operations go through the SDK's boundary. Other responses go through the
generated client; if it does not have the operation, there is no statement about the client.
"""

import importlib
import json
from datetime import UTC, datetime
from typing import Any

import httpx
from attrs import evolve, frozen
from prolific_api.client import Client
from prolific_exports._errors import ExportsError
from prolific_exports._flows._boundary import (
    deletion_request,
    export_request,
    interpret,
    interpret_deletion,
    interpret_list,
    list_request,
    status_request,
)
from prolific_exports._flows._calls import Interpreter
from prolific_exports._flows._effects import ApiReply
from prolific_exports._flows._effects import Request as ApiRequest
from prolific_exports._model._filters import ExportFilter
from prolific_exports._model._redactor import Redactor
from prolific_exports._model._references import KINDS, ExportRef

from prolific_contract.diff._compare import OperationDiff
from prolific_contract.diff._contract import (
    ContractOperation,
    OperationKey,
    RequiredCredential,
    operations,
)
from prolific_contract.diff._findings import Finding
from prolific_contract.diff._messages import (
    ABSENT,
    RequestExample,
    ResponseExample,
    request_refusals,
)
from prolific_contract.spec._files import load_contract

_CREDENTIALS = frozenset({RequiredCredential(("apiKey", "header", "authorization"), frozenset())})
_RESOURCE = "0192a3b4-c5d6-4e8f-9a0b-1c2d3e4f5a6b"
_EXPORT = "a1b2c3d4-e5f6-4890-abcd-ef1234567890"
# Datetimes with whole seconds, and with fractions as `datetime.now` returns them.
_FILTERS = tuple(
    ExportFilter("60aca280709ee40ec37d4885", moment, moment)
    for moment in (datetime(2026, 3, 1, tzinfo=UTC), datetime(2026, 3, 1, 9, 30, 0, 250, UTC))
)


@frozen
class _Call:
    """A call of the SDK.

    Attributes:
        interpret: Parses the response.
        filtered: The same request with filters.
    """

    request: ApiRequest
    interpret: Interpreter[object]
    filtered: tuple[ApiRequest, ...] = ()


def _calls(ref: ExportRef) -> tuple[_Call, ...]:
    filtered = tuple(export_request(evolve(ref, filter=one)) for one in _FILTERS)
    return (
        _Call(export_request(ref), interpret, filtered),
        _Call(status_request(ref, _EXPORT), interpret),
        _Call(list_request(ref), interpret_list),
        _Call(deletion_request(ref, _EXPORT), interpret_deletion),
    )


class OurClient:
    """The SDK and the generated client, applied to single messages."""

    def __init__(self, new: dict[str, Any]) -> None:
        """Prepare the calls.

        Args:
            new: The contract of the servers.
        """
        self._paths = {key.path for key in operations(new)}
        self._contract = load_contract()
        own = operations(self._contract)
        self._calls = {
            key: call
            for kind in KINDS
            for call in _calls(ExportRef(kind, _RESOURCE, _EXPORT))
            for key in own
            if own[key].title == call.request.operation
        }
        self._modules = {
            key: f"prolific_api.api.{written['tags'][0]}.{written['operationId']}"
            for key, written in _written(self._contract)
        }

    def reading(self, operation: OperationDiff, finding: Finding) -> str | None:
        """How the client handles a breaking change; None if that is unknown."""
        call = self._calls.get(operation.key)
        if isinstance(finding.message, ResponseExample):
            if call is not None:
                return _interpreted(call, finding.message)
            return self._parsed(operation.key, finding.message)
        if not isinstance(finding.message, RequestExample) or call is None:
            return None
        if operation.new is None:
            status = 405 if operation.key.path in self._paths else 404
            return f"our client sends it; {_answered(call, status)}"
        if finding.is_misread:
            return _meant(call, finding.where, operation.old, finding.message)
        return _sent(call, operation.new, finding.where)

    def _parsed(self, key: OperationKey, response: ResponseExample) -> str | None:
        if key not in self._modules:
            return None
        module: Any = importlib.import_module(self._modules[key])
        answer = httpx.Response(
            response.status,
            headers={"Content-Type": response.content_type or ""},
            content=_bytes(response),
        )
        try:
            parsed = module._parse_response(
                client=Client(base_url="https://api.example"), response=answer
            )
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            return f"the generated client fails with {type(error).__name__}: {error}"
        if parsed is None:
            return "the generated client has no model for it (parsed is None)"
        return f"the generated client accepts it as {type(parsed).__name__}"


def _written(document: dict[str, Any]) -> list[tuple[OperationKey, dict[str, Any]]]:
    return [
        (key, document["paths"][operation.path][key.method.lower()])
        for key, operation in operations(document).items()
    ]


def _bytes(response: ResponseExample) -> bytes:
    return b"" if response.body is ABSENT else json.dumps(response.body).encode()


def _interpreted(call: _Call, response: ResponseExample) -> str:
    reply = ApiReply(response.status, {}, _bytes(response))
    try:
        value = call.interpret(call.request, reply, redactor=Redactor(), retry_after=None)
    except ExportsError as error:
        pointer = getattr(error, "pointer", "")
        return f"our client raises {type(error).__name__}{pointer and f', for {pointer}'}"
    if value is None:
        return "our client accepts it"
    # Lists are parsed job by job.
    parts: tuple[Any, ...] = value if isinstance(value, tuple) else (value,)
    names = ", ".join(sorted({type(part).__name__ for part in parts})) or "an empty list"
    unknown = ", ".join(sorted({name for part in parts for name in part.extra}))
    kept = f" and keeps unknown members: {unknown}" if unknown else ""
    return f"our client accepts it as {names}{kept}"


def _sent(call: _Call, new: ContractOperation, where: str) -> str:
    """Whether the new contract also refuses the client's own requests."""
    if _is_refused(new, call.request, where):
        how = "our client sends such requests"
    elif any(_is_refused(new, request, where) for request in call.filtered):
        how = "our client sends such requests when filtering"
    else:
        return "our client sends no such request"
    return f"{how}; {_answered(call, 401 if where == 'security' else 400)}"


def _meant(call: _Call, where: str, old: ContractOperation | None, message: RequestExample) -> str:
    """Whether the new contract also misreads the client's own requests."""
    assert old is not None  # noqa: S101 - only a known operation can be misread
    sent = {title for key in message.parameters if (title := old.parameters[key].title) == where}
    plain, *filtered = (
        {f"query parameter {name}" for name in one.params} for one in (call.request, *call.filtered)
    )
    if not sent:
        return "our client sends no such request" if where in plain else "our client omits it"
    if any(where in titles for titles in filtered):
        return (
            "our client sends such requests when filtering; if the list of jobs does not show the "
            "filter, it raises FilterIgnoredError"
        )
    return "our client sends no such request"


def _is_refused(new: ContractOperation, request: ApiRequest, where: str) -> bool:
    values = {"0": _RESOURCE, "1": _EXPORT}
    parameters: dict[tuple[str, str], Any] = {
        key: values[key[1]] for key in new.parameters if key[0] == "path"
    }
    parameters |= {("query", name): value for name, value in request.params.items()}
    return where in request_refusals(new, RequestExample(parameters, _CREDENTIALS, None, ABSENT))


def _answered(call: _Call, status: int) -> str:
    handling = _interpreted(call, ResponseExample(status, {}, None, ABSENT))
    return f"on {status}, it {handling.removeprefix('our client ')}"
