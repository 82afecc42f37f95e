"""Two contracts, operation by operation.

A client of the old contract meets a server of the new one. In a request the client is
the sender and the server the receiver, in a response it is the other way round. What is
*breaking* is shown by a message that the sender's contract documents and the receiver's
refuses. Statuses that a client does not know are read by their class (RFC 9110, section
15): a new error is an error all the same, a new success is not understood.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from prolific_contract.diff._contract import (
    Answer,
    Operation,
    OperationKey,
    Parameter,
    operations,
)
from prolific_contract.diff._messages import (
    ABSENT,
    NoSampleError,
    Request,
    Response,
    is_enough,
    matching,
    request_as_json,
    request_is_sent,
    request_refusals,
    response_as_json,
    response_is_sent,
    response_refusals,
    sample,
    simplest_request,
    simplest_response,
    taking_text,
)
from prolific_contract.diff._relation import Judge, Kind, Relation, Schema

ORDER: tuple[Kind, ...] = ("same", "compatible", "unknown", "breaking")
"""The verdicts, the worst last."""

_UNDOCUMENTED = "is no longer documented: sent all the same, it counts for nothing"
_UNCONFIRMED = "no example of it could be made that both contracts agree on"


@dataclass(frozen=True)
class Finding:
    """One difference."""

    where: str
    """The part of the operation."""
    verdict: Kind
    sentence: str
    """What changed and what follows from it."""
    message: Request | Response | None = None
    """Where the verdict is breaking: what one side may send and the other refuses."""
    example: Mapping[str, Any] | None = None
    """The message as JSON."""


@dataclass(frozen=True)
class OperationDiff:
    """One operation in both contracts."""

    key: OperationKey
    path: str
    old: Operation | None
    new: Operation | None
    findings: tuple[Finding, ...]

    @property
    def title(self) -> str:
        """Method and path."""
        return f"{self.key.method} {self.path}"

    @property
    def verdict(self) -> Kind:
        """The worst of the findings."""
        return worst([finding.verdict for finding in self.findings])


def worst(verdicts: Sequence[Kind]) -> Kind:
    """The worst of some verdicts; *same* where there are none."""
    ranks = [ORDER.index(verdict) for verdict in verdicts]
    return ORDER[max(ranks, default=0)]


def compare(old: dict[str, Any], new: dict[str, Any]) -> list[OperationDiff]:
    """What a new contract changes for who knows the old one, by path and method.

    Args:
        old: An OpenAPI 3.1 document, valid.
        new: Another.
    """
    before, after = operations(old), operations(new)
    judge = Judge()
    diffs = []
    for key in sorted(before.keys() | after.keys(), key=lambda key: (key.path, key.method)):
        left, right = before.get(key), after.get(key)
        if left is not None and right is not None:
            findings = tuple(_Pair(left, right, judge).findings())
            path = right.path
        elif left is not None:
            findings, path = (_removed(left),), left.path
        else:
            assert right is not None  # noqa: S101 - the key is of one of the two
            findings, path = (Finding("operation", "compatible", "is new"),), right.path
        diffs.append(OperationDiff(key, path, left, right, findings))
    return diffs


def _removed(operation: Operation) -> Finding:
    sentence = "is removed: a client of the old contract still calls it"
    try:
        request = simplest_request(operation)
    except NoSampleError:
        return Finding("operation", "unknown", f"{sentence}, but {_UNCONFIRMED}")
    example = request_as_json(operation, request)
    return Finding("operation", "breaking", sentence, request, example)


@dataclass(frozen=True)
class _Pair:
    """An operation that both contracts have."""

    old: Operation
    new: Operation
    judge: Judge

    def findings(self) -> Iterator[Finding]:
        yield from self._security()
        yield from self._parameters()
        yield from self._request_body()
        yield from self._answers()

    # Requests: the old client sends, the new server receives.

    def _request(self, where: str, sentence: str, **changes: Any) -> Finding:
        """A breaking change of requests, if its example shows it."""
        try:
            simplest = simplest_request(self.old)
        except NoSampleError:
            return Finding(where, "unknown", f"{sentence}, but {_UNCONFIRMED}")
        parameters = {**simplest.parameters, **changes.pop("parameters", {})}
        request = replace(simplest, parameters=parameters, **changes)
        refused = where in request_refusals(self.new, request)
        if not refused or not request_is_sent(self.old, request):
            return Finding(where, "unknown", f"{sentence}, but {_UNCONFIRMED}")
        example = request_as_json(self.old, request)
        return Finding(where, "breaking", sentence, request, example)

    def _security(self) -> Iterator[Finding]:
        if set(self.old.security) == set(self.new.security):
            return
        for given in self.old.security:
            if not any(is_enough(given, needed) for needed in self.new.security):
                held = " and ".join(sorted(one.title for one in given)) or "no credentials"
                yield self._request(
                    "security", f"a request with {held} is no longer let in", credentials=given
                )
                return
        yield Finding("security", "compatible", "other credentials are asked for, or fewer")

    def _parameters(self) -> Iterator[Finding]:
        before, after = self.old.parameters, self.new.parameters
        for key in [*before, *(key for key in after if key not in before)]:
            if key not in after:
                yield Finding(before[key].title, "compatible", _UNDOCUMENTED)
            elif key in before:
                yield from self._parameter(key, before[key], after[key])
            elif after[key].required:
                yield self._request(after[key].title, "is new and required")
            else:
                yield Finding(after[key].title, "compatible", "is new and optional")

    def _parameter(
        self, key: tuple[str, str], before: Parameter, after: Parameter
    ) -> Iterator[Finding]:
        if after.required and not before.required:
            yield self._request(after.title, "is now required")
        elif before.required and not after.required:
            yield Finding(after.title, "compatible", "is no longer required")
        relation = _relate_text(self.judge, before.schema, after.schema)
        if relation.kind == "breaking":
            yield self._request(
                after.title,
                f"some values are no longer taken: {relation.reason}",
                parameters={key: relation.example},
            )
        elif relation.kind != "same":
            yield _told(after.title, relation, "takes all that it took, and other values")
        if before.writing != after.writing:
            yield Finding(
                after.title,
                "unknown",
                f"is written in another way ({_written(before)} before, {_written(after)} now), "
                "which is not looked into",
            )

    def _request_body(self) -> Iterator[Finding]:
        where = "request body"
        before, after = self.old.body, self.new.body
        must = after is not None and after.required and bool(after.content)
        if before is None:
            if must:
                yield self._request(where, "is new and required")
            elif after is not None:
                yield Finding(where, "compatible", "is new and optional")
        elif after is None:
            yield Finding(where, "compatible", _UNDOCUMENTED)
        else:
            if must and not before.required:
                yield self._request(where, "is now required", content_type=None, body=ABSENT)
            elif before.required and not must:
                yield Finding(where, "compatible", "is no longer required")
            for content_type, schema in before.content.items():
                yield from self._request_content(content_type, schema, after.content)
            for content_type in after.content:
                if matching(before.content, content_type) is None:
                    yield Finding(where, "compatible", f"may now be {content_type}")

    def _request_content(
        self, content_type: str, schema: Schema, after: Mapping[str, Schema]
    ) -> Iterator[Finding]:
        media = matching(after, content_type)
        if media is None:
            sentence = f"{content_type} is no longer taken (now {_listed(after)})"
            try:
                body = sample(schema)
            except NoSampleError:
                yield Finding("request body", "unknown", f"{sentence}, but {_UNCONFIRMED}")
            else:
                yield self._request("request body", sentence, content_type=content_type, body=body)
            return
        where = f"request body, {content_type}"
        relation = self.judge.relate(schema, after[media])
        if relation.kind == "breaking":
            yield self._request(
                where,
                f"some bodies are no longer taken: {relation.reason}",
                content_type=content_type,
                body=relation.example,
            )
        elif relation.kind != "same":
            yield _told(where, relation, "takes all that it took, and more, or knows fewer fields")

    # Responses: the new server sends, the old client receives.

    def _response(self, where: str, sentence: str, answer: Answer, response: Response) -> Finding:
        """A breaking change of responses, if its example shows it."""
        refused = where in response_refusals(self.old, response)
        if not refused or not response_is_sent(answer, response):
            return Finding(where, "unknown", f"{sentence}, but {_UNCONFIRMED}")
        return Finding(where, "breaking", sentence, response, response_as_json(response))

    def _answers(self) -> Iterator[Finding]:
        compared: set[tuple[str | None, str | None]] = set()
        for status in self._statuses():
            before, after = self.old.documented(status), self.new.documented(status)
            if after is None:
                if before is not None and (before, None) not in compared:
                    yield Finding(
                        f"status {before}", "compatible", "is no longer among the answers"
                    )
            elif (before, after) in compared:
                continue
            elif before is None:
                yield self._new_status(status, after, self.new.answers[after])
            else:
                answer = self.new.answers[after]
                yield from self._answer(status, self.old.answers[before], answer)
            compared.add((before, after))

    def _statuses(self) -> list[int]:
        """One status for everything that either contract says of statuses."""
        keys = self.old.answers.keys() | self.new.answers.keys()
        exact = {int(key) for key in keys if key.isdigit()}
        # Whatever stands for a class, or for the rest, is met by a status named nowhere. No
        # answer ends with an interim one (RFC 9110, section 15.2).
        rest = {
            next(status for status in range(start, start + 100) if status not in exact)
            for start in range(200, 600, 100)
        }
        return sorted(exact | rest)

    def _new_status(self, status: int, key: str, answer: Answer) -> Finding:
        where = f"status {status}" if key == str(status) else f"status {key}"
        if status >= 400:
            return Finding(
                where,
                "compatible",
                "is a new answer, which a client reads as an error by its class (RFC 9110, "
                "section 15)",
            )
        sentence = "is a new answer, which a client of the old contract has no reading for"
        try:
            response = simplest_response(answer, status)
        except NoSampleError:
            return Finding(where, "unknown", f"{sentence}, but {_UNCONFIRMED}")
        return self._response(f"status {status}", sentence, answer, response)

    def _answer(self, status: int, before: Answer, after: Answer) -> Iterator[Finding]:
        place = f"status {status}"
        try:
            simplest = simplest_response(after, status)
        except NoSampleError:
            yield Finding(
                place, "unknown", f"no example of what {self.new.title} answers was found"
            )
            return
        yield from self._headers(place, before, after, simplest)
        if before.content and not after.content:
            yield self._response(
                f"{place}, no body", "comes without the body it had", after, simplest
            )
        elif after.content and not before.content:
            yield Finding(place, "compatible", "has a body now")
        elif after.content:
            for content_type, schema in after.content.items():
                yield from self._answer_content(
                    content_type, schema, before.content, after, simplest
                )
            for content_type in before.content:
                if content_type not in after.content and "*" not in content_type:
                    yield Finding(place, "compatible", f"is no longer given as {content_type}")

    def _headers(
        self, place: str, before: Answer, after: Answer, simplest: Response
    ) -> Iterator[Finding]:
        for name in sorted(before.headers.keys() | after.headers.keys()):
            known, sent = before.headers.get(name), after.headers.get(name)
            if known is None:
                assert sent is not None  # noqa: S101 - the name is of one of the two
                yield Finding(f"{place}, header {sent.name}", "compatible", "is new")
                continue
            where = f"{place}, header {known.name}"
            without = {other: v for other, v in simplest.headers.items() if other != name}
            if known.required and (sent is None or not sent.required):
                response = replace(simplest, headers=without)
                yield self._response(where, "may be missing now", after, response)
            elif sent is None:
                yield Finding(where, "compatible", "is no longer documented")
            if sent is None:
                continue
            relation = _relate_text(self.judge, sent.schema, known.schema)
            if relation.kind == "breaking":
                response = replace(simplest, headers={**without, name: relation.example})
                yield self._response(
                    where,
                    f"has values that were not there before: {relation.reason}",
                    after,
                    response,
                )
            elif relation.kind != "same":
                yield _told(where, relation, "has no values that were not there before")

    def _answer_content(
        self,
        content_type: str,
        schema: Schema,
        known: Mapping[str, Schema],
        answer: Answer,
        simplest: Response,
    ) -> Iterator[Finding]:
        where = f"status {simplest.status}, {content_type}"
        media = matching(known, content_type)
        if media is None:
            sentence = f"is a content type that was not there before (only {_listed(known)})"
            try:
                body = sample(schema)
            except NoSampleError:
                yield Finding(where, "unknown", f"{sentence}, but {_UNCONFIRMED}")
                return
            response = replace(simplest, content_type=content_type, body=body)
            yield self._response(where, sentence, answer, response)
            return
        relation = self.judge.relate(schema, known[media])
        if relation.kind == "breaking":
            response = replace(simplest, content_type=content_type, body=relation.example)
            yield self._response(
                where,
                f"has bodies that were not there before: {relation.reason}",
                answer,
                response,
            )
        elif relation.kind != "same":
            yield _told(where, relation, "has no bodies that a client of the old contract refuses")


def _told(where: str, relation: Relation, compatible: str) -> Finding:
    if relation.kind == "unknown":
        return Finding(
            where, "unknown", f"changed, and what follows is not known: {relation.reason}"
        )
    return Finding(where, relation.kind, f"changed: it {compatible}")


def _relate_text(judge: Judge, sender: Schema, receiver: Schema) -> Relation:
    relation = judge.relate(sender, receiver)
    if relation.kind == "same":
        return relation
    sent = Schema(sender.document, sender.schema)
    widened = judge.relate(sent, Schema(receiver.document, taking_text(receiver)))
    # A type more on the receiver's side is no change to "same".
    return Relation("compatible") if widened.kind == "same" else widened


def _written(parameter: Parameter) -> str:
    style, explode = parameter.writing
    return f"style {style}{', exploded' if explode else ''}"


def _listed(content: Mapping[str, Any]) -> str:
    return ", ".join(sorted(content)) or "no body"
