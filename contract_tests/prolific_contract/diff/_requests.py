"""Changes in the requests of an operation.

A client of the old contract sends them, a server of the new one receives them.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from attrs import evolve, frozen

from prolific_contract.diff._contract import ContractOperation, Parameter, ParameterKey
from prolific_contract.diff._defaults import (
    Default,
    changed,
    changed_defaults,
    default_of,
    is_changed,
    leaving_out,
)
from prolific_contract.diff._findings import Finding, listed, of_relation, relate_text, unconfirmed
from prolific_contract.diff._forms import Schema
from prolific_contract.diff._messages import (
    ABSENT,
    NoSampleError,
    RequestExample,
    is_enough,
    matching,
    request_as_json,
    request_is_sent,
    request_refusals,
    sample,
    simplest_request,
)
from prolific_contract.diff._relation import Judge

_UNDOCUMENTED = "is no longer documented: the server ignores it"
_IGNORED = "is no longer documented{moved}: the server ignores it and answers as if it were omitted"


@frozen
class Requests:
    """The requests of an operation that both contracts have."""

    old: ContractOperation
    new: ContractOperation
    judge: Judge

    def findings(self) -> Iterator[Finding]:
        """Every difference."""
        yield from self._security()
        yield from self._parameters()
        yield from self._request_body()

    def _request(self, where: str, sentence: str, **changes: Any) -> Finding:
        """A breaking change of requests, if an example confirms it."""
        request = self._example(**changes)
        if request is None or where not in request_refusals(self.new, request):
            return unconfirmed(where, sentence)
        example = request_as_json(self.old, request)
        return Finding(where, "breaking", sentence, request, example)

    def _misread(self, where: str, sentence: str, **changes: Any) -> Finding:
        """A change of what requests mean, if an example confirms it."""
        request = self._example(**changes)
        if request is None:
            return unconfirmed(where, sentence)
        example = request_as_json(self.old, request)
        return Finding(where, "breaking", sentence, request, example, is_misread=True)

    def _example(
        self, *, parameters: Mapping[ParameterKey, Any] | None = None, **changes: Any
    ) -> RequestExample | None:
        """The simplest request with some changes, if the old contract permits it."""
        try:
            simplest = simplest_request(self.old)
        except NoSampleError:
            return None
        request = evolve(
            simplest, parameters={**simplest.parameters, **(parameters or {})}, **changes
        )
        return request if request_is_sent(self.old, request) else None

    def _ignored(self, key: ParameterKey, parameter: Parameter) -> Finding:
        """A parameter that the new server does not know.

        Ignoring a filter returns data that the client did not ask for.
        """
        named = {other.name.lower(): other.title for other in self.new.parameters.values()}
        moved = named.get(parameter.name.lower())
        sentence = _IGNORED.format(moved=f" (there is a {moved})" if moved else "")
        try:
            value = sample(parameter.schema)
        except NoSampleError:
            return unconfirmed(parameter.title, sentence)
        return self._misread(parameter.title, sentence, parameters={key: value})

    def _security(self) -> Iterator[Finding]:
        if set(self.old.security) == set(self.new.security):
            return
        for given in self.old.security:
            if not any(is_enough(given, needed) for needed in self.new.security):
                held = " and ".join(sorted(one.title for one in given)) or "no credentials"
                yield self._request(
                    "security", f"a request with {held} is no longer accepted", credentials=given
                )
                return
        yield Finding("security", "compatible", "requires other or fewer credentials")

    def _parameters(self) -> Iterator[Finding]:
        before, after = self.old.parameters, self.new.parameters
        for key in [*before, *(key for key in after if key not in before)]:
            if key not in after:
                yield self._ignored(key, before[key])
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
                f"some values are no longer accepted: {relation.reason}",
                parameters={key: relation.example},
            )
        elif relation.kind != "same":
            yield of_relation(after.title, relation, "accepts all earlier values, and more")
        yield from self._parameter_defaults(key, before, after)
        if before.writing != after.writing:
            yield Finding(
                after.title,
                "unknown",
                f"is serialized differently ({_written(before)} before, {_written(after)} now); "
                "the consequences are unknown",
            )

    def _parameter_defaults(
        self, key: ParameterKey, before: Parameter, after: Parameter
    ) -> Iterator[Finding]:
        old, new = default_of(before.schema), default_of(after.schema)
        if is_changed(old, new) and before.required:
            yield Finding(after.title, "compatible", f"is always sent: {changed(old, new)}")
        elif is_changed(old, new) and not after.required:
            yield self._misread(after.title, changed(old, new))
        for default in changed_defaults(before.schema, after.schema, before.schema):
            yield self._default(
                default, after.title, before.schema, lambda value: {"parameters": {key: value}}
            )

    def _default(
        self, default: Default, where: str, sender: Schema, changes: Callable[[Any], dict[str, Any]]
    ) -> Finding:
        """A field whose default changed, in a part of the request."""
        sentence = f"{default.pointer}: {default.change}"
        if default.is_required:
            return Finding(where, "compatible", f"{sentence}, but it is always sent")
        value = leaving_out(default, sender)
        if value is ABSENT:
            return unconfirmed(where, sentence)
        return self._misread(where, sentence, **changes(value))

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
            sentence = f"{content_type} is no longer accepted (now {listed(after)})"
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
                f"some bodies are no longer accepted: {relation.reason}",
                content_type=content_type,
                body=relation.example,
            )
        elif relation.kind != "same":
            yield of_relation(
                where, relation, "accepts all earlier bodies, and more, or ignores some fields"
            )
        for default in changed_defaults(schema, after[media], schema):
            yield self._default(
                default, where, schema, lambda body: {"content_type": content_type, "body": body}
            )


def _written(parameter: Parameter) -> str:
    style, explode = parameter.writing
    return f"style {style}{', exploded' if explode else ''}"
