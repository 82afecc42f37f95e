"""Requests and responses, and whether an operation sends or accepts them.

Each breaking change comes with such a message as an example. The example is checked against both
contracts: one side may send it, and the other refuses it for the stated reason.
"""

from collections.abc import Mapping
from typing import Any

from attrs import evolve, frozen

from prolific_contract.diff._contract import (
    Answer,
    ContractOperation,
    Credentials,
    Parameter,
    ParameterKey,
)
from prolific_contract.diff._directions import sendable, takeable
from prolific_contract.diff._forms import Schema, closed, is_recursive, plain, unrolled
from prolific_contract.diff._relation import validator
from prolific_contract.diff._samples import samples

ABSENT: Any = object()
"""Stands for a missing body or value."""


@frozen
class RequestExample:
    """A request without its method and path."""

    parameters: Mapping[ParameterKey, Any]
    credentials: Credentials
    content_type: str | None
    body: Any


@frozen
class ResponseExample:
    """A response."""

    status: int
    headers: Mapping[str, Any]
    content_type: str | None
    body: Any


class NoSampleError(Exception):
    """Found no value that conforms to a schema."""


def sending(schema: Schema) -> Any:
    """The plain schema of what a sender may send."""
    form = plain(schema)
    if is_recursive(form):
        form = unrolled(schema, end=False)
    return closed(sendable(form, schema.direction))


def taking(schema: Schema) -> Any:
    """The plain schema of what a receiver accepts."""
    form = plain(schema)
    if is_recursive(form):
        form = unrolled(schema, end=True)
    return takeable(form, schema.direction)


def taking_text(schema: Schema) -> Any:
    """The same for a parameter or header, where numbers are sent as text."""
    taken = taking(schema)
    if isinstance(taken, dict) and taken.keys() == {"type"}:
        types = [taken["type"]] if isinstance(taken["type"], str) else taken["type"]
        if "string" in types:
            return {"type": sorted({*types, "number", "boolean"})}
    return taken


def sample(schema: Schema) -> Any:
    """A plain value that a sender may send.

    Raises:
        NoSampleError: No value was found.
    """
    sent = sending(schema)
    may_send = validator(sent)
    for value in samples(sent):
        if may_send.is_valid(value):
            return value
    raise NoSampleError


def simplest_request(operation: ContractOperation) -> RequestExample:
    """A request with required parts only.

    Raises:
        NoSampleError: No value was found for a part.
    """
    parameters = {
        key: sample(parameter.schema)
        for key, parameter in operation.parameters.items()
        if parameter.required
    }
    request = RequestExample(parameters, operation.security[0], None, ABSENT)
    if operation.body is not None and operation.body.required:
        for content_type, schema in operation.body.content.items():
            return evolve(request, content_type=content_type, body=sample(schema))
    return request


def simplest_response(answer: Answer, status: int) -> ResponseExample:
    """A response with required parts only.

    Raises:
        NoSampleError: No value was found for a part.
    """
    headers = {
        name: sample(header.schema) for name, header in answer.headers.items() if header.required
    }
    response = ResponseExample(status, headers, None, ABSENT)
    for content_type, schema in answer.content.items():
        return evolve(response, content_type=content_type, body=sample(schema))
    return response


def request_is_sent(operation: ContractOperation, request: RequestExample) -> bool:
    """Whether the operation documents a request, so that a client may send it."""
    known = operation.parameters
    required = {key for key, parameter in known.items() if parameter.required}
    return (
        required <= request.parameters.keys() <= known.keys()
        and all(
            _fits(sending(known[key].schema), value) for key, value in request.parameters.items()
        )
        and request.credentials in operation.security
        and _body_is_sent(operation, request)
    )


def _body_is_sent(operation: ContractOperation, request: RequestExample) -> bool:
    body = operation.body
    if request.body is ABSENT:
        return body is None or not body.required or not body.content
    schema = body.content.get(request.content_type or "") if body is not None else None
    return schema is not None and _fits(sending(schema), request.body)


def request_refusals(operation: ContractOperation, request: RequestExample) -> set[str]:
    """The parts for which a server refuses a request; it ignores undocumented parts."""
    places = set()
    for key, parameter in operation.parameters.items():
        if key not in request.parameters:
            missing = parameter.required
        else:
            missing = not _fits(taking_text(parameter.schema), request.parameters[key])
        if missing:
            places.add(parameter.title)
    if not any(is_enough(request.credentials, needed) for needed in operation.security):
        places.add("security")
    body = operation.body
    if body is not None and request.body is ABSENT:
        if body.required and body.content:
            places.add("request body")
    elif body is not None:
        media = matching(body.content, request.content_type)
        if media is None:
            places.add("request body")
        elif not _fits(taking(body.content[media]), request.body):
            places.add(f"request body, {request.content_type}")
    return places


def is_enough(given: Credentials, needed: Credentials) -> bool:
    """Whether credentials satisfy one alternative."""
    return all(
        any(own.scheme == other.scheme and own.scopes >= other.scopes for own in given)
        for other in needed
    )


def response_is_sent(answer: Answer, response: ResponseExample) -> bool:
    """Whether a server may send a response by the documentation."""
    headers = answer.headers
    required = {name for name, header in headers.items() if header.required}
    if not required <= response.headers.keys() <= headers.keys():
        return False
    if not all(_fits(sending(headers[n].schema), value) for n, value in response.headers.items()):
        return False
    if response.body is ABSENT:
        return not answer.content
    schema = answer.content.get(response.content_type or "")
    return schema is not None and _fits(sending(schema), response.body)


def response_refusals(operation: ContractOperation, response: ResponseExample) -> set[str]:
    """The parts for which a client refuses a response; it ignores undocumented parts."""
    status = operation.documented(response.status)
    if status is None:
        return {f"status {response.status}"}
    answer = operation.answers[status]
    place = f"status {response.status}"
    places = {
        f"{place}, header {header.name}"
        for name, header in answer.headers.items()
        if (
            not _fits(taking_text(header.schema), response.headers[name])
            if name in response.headers
            else header.required
        )
    }
    if not answer.content:
        return places
    media = matching(answer.content, response.content_type)
    if response.body is ABSENT or media is None:
        places.add(f"{place}, {response.content_type or 'no body'}")
    elif not _fits(taking(answer.content[media]), response.body):
        places.add(f"{place}, {response.content_type}")
    return places


def matching(content: Mapping[str, Schema], content_type: str | None) -> str | None:
    """The most specific media range that matches a content type."""
    main = (content_type or "").partition("/")[0]
    return next((key for key in (content_type, f"{main}/*", "*/*") if key in content), None)


def _fits(schema: Any, value: Any) -> bool:
    return validator(schema).is_valid(value)


def request_as_json(operation: ContractOperation, request: RequestExample) -> dict[str, Any]:
    """A request as JSON."""
    shown: dict[str, Any] = {"method": operation.key.method, "path": operation.path}
    groups: dict[str, dict[str, Any]] = {}
    for key, value in request.parameters.items():
        place, name = _place_and_name(operation.parameters.get(key), key)
        groups.setdefault(place, {})[name] = value
    shown |= groups
    if request.credentials:
        shown["credentials"] = sorted(credential.title for credential in request.credentials)
    return shown | _body_as_json(request.content_type, request.body)


def _place_and_name(parameter: Parameter | None, key: ParameterKey) -> tuple[str, str]:
    place, name = key if parameter is None else (parameter.place, parameter.name)
    return f"{place}_parameters", name


def response_as_json(response: ResponseExample) -> dict[str, Any]:
    """A response as JSON."""
    shown: dict[str, Any] = {"status": response.status}
    if response.headers:
        shown["headers"] = dict(response.headers)
    return shown | _body_as_json(response.content_type, response.body)


def _body_as_json(content_type: str | None, body: Any) -> dict[str, Any]:
    return {} if body is ABSENT else {"content_type": content_type, "body": body}
