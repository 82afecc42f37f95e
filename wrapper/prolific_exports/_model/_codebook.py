"""What was asked: the questions of a collection or batch, with options that archives lack."""

from collections.abc import Sequence
from typing import Any, Final, Literal, TypeAlias

from attrs import asdict, field, frozen, validators

from prolific_exports._model._html import records_table
from prolific_exports._model._references import Kind

CodebookSource: TypeAlias = Literal["api", "archive"]
"""Where a codebook is from: Prolific's API, or derived from the answers in the archive."""


def _as_tuple(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(values)


_SOURCES: Final[tuple[CodebookSource, ...]] = ("api", "archive")
_KINDS: Final[tuple[Kind, ...]] = ("collection", "batch")
_TEXT: Final = validators.instance_of(str)
_OPTIONAL_TEXT: Final = validators.optional(_TEXT)
_TEXTS: Final = validators.deep_iterable(_TEXT)


@frozen(kw_only=True)
class Question:
    """One question (in Prolific's words, an instruction).

    Attributes:
        id: Id of the instruction.
        type: Its type, such as ``"multiple_choice"``; None if it is unknown.
        wording: What participants read; None if it is unknown.
        options: The options in their order, also those that no answer has. In a codebook derived
            from an archive: those that were chosen, in the order in which they occur. Empty for
            other types.
        answer_limit: How many options may be chosen, -1 or None for any number. Derived from an
            archive: 1 if no answer has several, else None.
        units: The units of a text with unit. Derived from an archive: those that occur.
        required: Whether an answer is required; None if it is unknown.
    """

    id: str = field(validator=_TEXT)
    type: str | None = field(default=None, validator=_OPTIONAL_TEXT)
    wording: str | None = field(default=None, validator=_OPTIONAL_TEXT)
    options: tuple[str, ...] = field(default=(), converter=_as_tuple, validator=_TEXTS)
    answer_limit: int | None = field(
        default=None, validator=validators.optional(validators.instance_of(int))
    )
    units: tuple[str, ...] = field(default=(), converter=_as_tuple, validator=_TEXTS)
    required: bool | None = field(
        default=None, validator=validators.optional(validators.instance_of(bool))
    )


@frozen(kw_only=True)
class Codebook:
    """The questions of a collection or batch.

    Attributes:
        source: ``"api"`` if Prolific's API described the questions, ``"archive"`` if they are
            derived from the answers of an archive: then options that were never chosen are missing.
        kind: ``"collection"`` or ``"batch"``; None if it is unknown.
        resource_id: Id of the collection or batch; None if it is unknown.
        name: Its name; None if it is unknown.
        questions: The questions in their order.
    """

    source: CodebookSource = field(validator=validators.in_(_SOURCES))
    kind: Kind | None = field(default=None, validator=validators.optional(validators.in_(_KINDS)))
    resource_id: str | None = field(default=None, validator=_OPTIONAL_TEXT)
    name: str | None = field(default=None, validator=_OPTIONAL_TEXT)
    questions: tuple[Question, ...] = ()

    @property
    def is_derived(self) -> bool:
        """Whether it is derived from answers, and so may lack options."""
        return self.source == "archive"

    def question(self, question_id: str) -> Question | None:
        """The question with an id; None if there is none."""
        return next((one for one in self.questions if one.id == question_id), None)

    def _repr_html_(self) -> str:
        """Return a table for notebooks."""
        origin = "derived from the answers" if self.is_derived else "from Prolific"
        return records_table(
            f"Codebook of {self.name or self.resource_id or 'an archive'}, {origin}",
            ("No.", "Question", "Type", "Options or units", "Required"),
            [
                (
                    f"q{number}",
                    one.wording or one.id,
                    one.type,
                    " · ".join(one.options or one.units),
                    None if one.required is None else ("yes" if one.required else "no"),
                )
                for number, one in enumerate(self.questions, 1)
            ],
        )


VERSION: Final = 1
"""The version of the JSON of codebooks."""


def to_json(codebook: Codebook) -> dict[str, Any]:
    """Return a codebook as JSON; docs/tables.md describes it."""
    return {"version": VERSION, **asdict(codebook)}


def from_json(document: Any) -> Codebook:
    """Return the codebook in a JSON document.

    Raises:
        ValueError: It is none, or of a newer version; the message is a clause.
    """
    questions = document.get("questions") if isinstance(document, dict) else None
    if questions is None:
        raise ValueError("it is not a codebook")
    if document.get("version") != VERSION:
        raise ValueError(f"its version is {document.get('version')!r}, and only {VERSION} is known")
    try:
        return Codebook(
            **{
                **{name: document[name] for name in ("source", "kind", "resource_id", "name")},
                "questions": tuple(Question(**one) for one in document["questions"]),
            }
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError("members are missing or of another type") from error
