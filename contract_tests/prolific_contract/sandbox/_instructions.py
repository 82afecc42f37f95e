"""The instructions of one collection or batch, the same in its archive and in the API."""

from typing import Any

from attrs import frozen

from prolific_contract._vocabulary import Kind
from prolific_contract.sandbox._questions import STUDIES, SandboxQuestion
from prolific_contract.sandbox._random import SeededChoices


@frozen
class SandboxInstruction:
    """A question with its id in one collection or batch."""

    id: str
    question: SandboxQuestion

    @property
    def _stars(self) -> dict[str, Any]:
        return {"max_stars": self.question.stars} if self.question.stars else {}

    def in_archive(self) -> dict[str, Any]:
        """The definition in the metadata of an archive, which has no options."""
        return {
            "id": self.id,
            "type": self.question.type,
            "description": self.question.description,
            **self._stars,
        }

    def in_api(self) -> dict[str, Any]:
        """The members that the API has for it, in collections and in batches."""
        question = self.question
        members = self.in_archive()
        if question.options:
            heading = {"heading": "Please explain"} if question.reasons else {}
            members["options"] = [
                {"label": option, "value": option, **heading} for option in question.options
            ]
            members["answer_limit"] = question.most
        if question.amounts:
            units = [unit for unit, _, _ in question.amounts]
            members["unit_options"] = [{"label": unit, "value": unit} for unit in units]
            members["default_unit"] = units[0]
            members["unit_position"] = "suffix"
        if question.type == "file_upload":
            members["min_file_count"] = 0
            members["max_file_count"] = 10
        return members


def instructions_of(kind: Kind, resource_id: str, seed: int) -> tuple[SandboxInstruction, ...]:
    """The instructions of a collection or batch, in their order."""
    ids = SeededChoices(seed, kind, resource_id, "instructions")
    return tuple(SandboxInstruction(ids.uuid(), question) for question in STUDIES[kind].questions)
