"""Read what was asked: the questions of a collection or batch, as Prolific's API describes them."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from attrs import evolve, frozen

from prolific_exports._flows._boundary import definition_request
from prolific_exports._flows._calls import Caller, Context, raise_cause_on_timeout
from prolific_exports._flows._effects import ApiReply, Flow, Request
from prolific_exports._flows._policy import Policy
from prolific_exports._flows._reply_reader import ReplyReader
from prolific_exports._model._codebook import Codebook, Question
from prolific_exports._model._redactor import Redactor
from prolific_exports._model._references import ExportRef

# Where questions are: those of a collection in pages, those of a batch in rows and columns.
_LEVELS: Final = ("collection_items", "page_items", "batch_items", "rows", "columns", "items")


def codebook_of(ref: ExportRef, context: Context, policy: Policy) -> Flow[Codebook]:
    """The questions of a collection or batch.

    Raises:
        ApiError, ContractViolation, NoAnswerError: The call failed.
    """
    call = Caller.start(context, policy).call(definition_request(ref), _interpret)
    codebook = (yield from raise_cause_on_timeout(call)).value
    return evolve(codebook, kind=ref.kind, resource_id=ref.resource_id)


def _interpret(
    request: Request, reply: ApiReply, *, redactor: Redactor, retry_after: float | None
) -> Codebook:
    return _DefinitionReader.of_success(request, reply, redactor, retry_after).codebook()


@frozen
class _DefinitionReader(ReplyReader):
    """Reads the definition of a collection or batch. Only ids of questions have to be right."""

    def codebook(self) -> Codebook:
        body = self.json()
        if not isinstance(body, dict):
            raise self.violation("", "is not a JSON object")
        questions: dict[str, Question] = {}
        for item in _questions(body):
            # A question that is shown twice is one question.
            questions.setdefault(item["id"], self._question(item))
        return Codebook(
            source="api", name=self._text(body, "name"), questions=tuple(questions.values())
        )

    def _question(self, item: Mapping[str, Any]) -> Question:
        limit, required = item.get("answer_limit"), item.get("required")
        return Question(
            id=self.redactor.text(item["id"]),
            type=self._text(item, "type"),
            wording=self._text(item, "description"),
            options=self._values(item.get("options")),
            answer_limit=limit if type(limit) is int else None,
            units=self._values(item.get("unit_options")),
            required=required if isinstance(required, bool) else None,
        )

    def _values(self, options: Any) -> tuple[str, ...]:
        """The values of options: they are what an archive contains, whatever their labels say."""
        values = [
            option.get("value", option.get("label")) if isinstance(option, dict) else option
            for option in (options if isinstance(options, list) else ())
        ]
        texts = [self.redactor.text(value) for value in values if isinstance(value, str)]
        return tuple(dict.fromkeys(texts))

    def _text(self, item: Mapping[str, Any], name: str) -> str | None:
        value = item.get(name)
        return self.redactor.text(value) if isinstance(value, str) else None


def _questions(item: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the questions in a definition, in its order; pages can hold other content."""
    inner = [item[level] for level in _LEVELS if isinstance(item.get(level), list)]
    for items in inner:
        for one in items:
            if isinstance(one, dict):
                yield from _questions(one)
    if not inner and isinstance(item.get("id"), str) and isinstance(item.get("type"), str):
        yield item
