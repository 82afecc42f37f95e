"""What a new contract changes in the requests of an operation.

The client of the old contract sends, the server of the new one receives.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from prolific_contract.diff._contract import Operation, Parameter
from prolific_contract.diff._findings import Finding, listed, of_relation, relate_text, unconfirmed
from prolific_contract.diff._messages import (
    ABSENT,
    NoSampleError,
    is_enough,
    matching,
    request_as_json,
    request_is_sent,
    request_refusals,
    sample,
    simplest_request,
)
from prolific_contract.diff._relation import Judge, Schema

_UNDOCUMENTED = "is no longer documented: sent all the same, it counts for nothing"


@dataclass(frozen=True)
class Requests:
    """The requests of an operation that both contracts have."""

    old: Operation
    new: Operation
    judge: Judge

    def findings(self) -> Iterator[Finding]:
        """Every difference."""
        yield from self._security()
        yield from self._parameters()
        yield from self._request_body()

    def _request(self, where: str, sentence: str, **changes: Any) -> Finding:
        """A breaking change of requests, if its example shows it."""
        try:
            simplest = simplest_request(self.old)
        except NoSampleError:
            return unconfirmed(where, sentence)
        parameters = {**simplest.parameters, **changes.pop("parameters", {})}
        request = replace(simplest, parameters=parameters, **changes)
        refused = where in request_refusals(self.new, request)
        if not refused or not request_is_sent(self.old, request):
            return unconfirmed(where, sentence)
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
        relation = relate_text(self.judge, before.schema, after.schema)
        if relation.kind == "breaking":
            yield self._request(
                after.title,
                f"some values are no longer taken: {relation.reason}",
                parameters={key: relation.example},
            )
        elif relation.kind != "same":
            yield of_relation(after.title, relation, "takes all that it took, and other values")
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
            sentence = f"{content_type} is no longer taken (now {listed(after)})"
            try:
                body = sample(schema)
            except NoSampleError:
                yield unconfirmed("request body", sentence)
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
            yield of_relation(
                where, relation, "takes all that it took, and more, or knows fewer fields"
            )


def _written(parameter: Parameter) -> str:
    style, explode = parameter.writing
    return f"style {style}{', exploded' if explode else ''}"
