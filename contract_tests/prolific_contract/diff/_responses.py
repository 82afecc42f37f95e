"""Changes in the responses of an operation.

A server of the new contract sends them, a client of the old one receives them. Clients treat
unknown statuses by their class (RFC 9110, section 15): a new error is still an error, but a client
does not understand a new success.
"""

from collections.abc import Iterator, Mapping

from attrs import evolve, frozen

from prolific_contract.diff._contract import Answer, ContractOperation
from prolific_contract.diff._defaults import (
    changed,
    changed_defaults,
    default_of,
    is_changed,
    leaving_out,
)
from prolific_contract.diff._findings import Finding, listed, of_relation, relate_text, unconfirmed
from prolific_contract.diff._forms import Schema
from prolific_contract.diff._messages import (
    NoSampleError,
    ResponseExample,
    matching,
    response_as_json,
    response_is_sent,
    response_refusals,
    sample,
    simplest_response,
)
from prolific_contract.diff._relation import Judge


@frozen
class Responses:
    """The responses of an operation that both contracts have."""

    old: ContractOperation
    new: ContractOperation
    judge: Judge

    def _response(
        self, where: str, sentence: str, answer: Answer, response: ResponseExample
    ) -> Finding:
        """A breaking change of responses, if an example confirms it."""
        refused = where in response_refusals(self.old, response)
        if not refused or not response_is_sent(answer, response):
            return unconfirmed(where, sentence)
        return Finding(where, "breaking", sentence, response, response_as_json(response))

    def findings(self) -> Iterator[Finding]:
        compared: set[tuple[str | None, str | None]] = set()
        for status in self._statuses():
            before, after = self.old.documented(status), self.new.documented(status)
            if after is None:
                if before is not None and (before, None) not in compared:
                    yield Finding(f"status {before}", "compatible", "is no longer documented")
            elif (before, after) in compared:
                continue
            elif before is None:
                yield self._new_status(status, after, self.new.answers[after])
            else:
                answer = self.new.answers[after]
                yield from self._answer(status, self.old.answers[before], answer)
            compared.add((before, after))

    def _misread(
        self, where: str, sentence: str, answer: Answer, response: ResponseExample
    ) -> Finding:
        """A change of what responses mean, if an example confirms it."""
        if not response_is_sent(answer, response):
            return unconfirmed(where, sentence)
        example = response_as_json(response)
        return Finding(where, "breaking", sentence, response, example, is_misread=True)

    def _statuses(self) -> list[int]:
        """One status for each documented status, class and default of both contracts."""
        keys = self.old.answers.keys() | self.new.answers.keys()
        exact = {int(key) for key in keys if key.isdigit()}
        # For each class, add a status that neither contract names, to cover classes and default.
        # Interim statuses (RFC 9110, section 15.2) never end a response.
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
                "is a new response, which clients treat as an error by its class (RFC 9110, "
                "section 15)",
            )
        sentence = "is a new response, which clients of the old contract do not understand"
        try:
            response = simplest_response(answer, status)
        except NoSampleError:
            return unconfirmed(where, sentence)
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
            yield self._response(f"{place}, no body", "no longer has a body", after, simplest)
        elif after.content and not before.content:
            yield Finding(place, "compatible", "now has a body")
        elif after.content:
            for content_type, schema in after.content.items():
                yield from self._answer_content(
                    content_type, schema, before.content, after, simplest
                )
            for content_type in before.content:
                if content_type not in after.content and "*" not in content_type:
                    yield Finding(place, "compatible", f"is no longer sent as {content_type}")

    def _headers(
        self, place: str, before: Answer, after: Answer, simplest: ResponseExample
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
                response = evolve(simplest, headers=without)
                yield self._response(where, "may now be missing", after, response)
            elif sent is None:
                yield Finding(where, "compatible", "is no longer documented")
            if sent is None:
                continue
            relation = relate_text(self.judge, sent.schema, known.schema)
            if relation.kind == "breaking":
                response = evolve(simplest, headers={**without, name: relation.example})
                yield self._response(
                    where,
                    f"has new values: {relation.reason}",
                    after,
                    response,
                )
            elif relation.kind != "same":
                yield of_relation(where, relation, "has no new values")
            old, new = default_of(known.schema), default_of(sent.schema)
            if is_changed(old, new) and sent.required:
                yield Finding(where, "compatible", f"is always sent: {changed(old, new)}")
            elif is_changed(old, new):
                response = evolve(simplest, headers=without)
                yield self._misread(where, changed(old, new), after, response)

    def _answer_content(
        self,
        content_type: str,
        schema: Schema,
        known: Mapping[str, Schema],
        answer: Answer,
        simplest: ResponseExample,
    ) -> Iterator[Finding]:
        where = f"status {simplest.status}, {content_type}"
        media = matching(known, content_type)
        if media is None:
            sentence = f"is a new content type (before: {listed(known)})"
            try:
                body = sample(schema)
            except NoSampleError:
                yield unconfirmed(where, sentence)
                return
            response = evolve(simplest, content_type=content_type, body=body)
            yield self._response(where, sentence, answer, response)
            return
        relation = self.judge.relate(schema, known[media])
        if relation.kind == "breaking":
            response = evolve(simplest, content_type=content_type, body=relation.example)
            yield self._response(
                where,
                f"has new bodies: {relation.reason}",
                answer,
                response,
            )
        elif relation.kind != "same":
            yield of_relation(
                where, relation, "has no bodies that clients of the old contract refuse"
            )
        for default in changed_defaults(known[media], schema, schema):
            sentence = f"{default.pointer}: {default.change}"
            if default.is_required:
                yield Finding(where, "compatible", f"{sentence}, but it is always sent")
                continue
            body = leaving_out(default, schema)
            response = evolve(simplest, content_type=content_type, body=body)
            yield self._misread(where, sentence, answer, response)
