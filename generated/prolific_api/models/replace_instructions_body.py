from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.batch_instructions_put_request_instruction import (
        BatchInstructionsPutRequestInstruction,
    )


T = TypeVar("T", bound="ReplaceInstructionsBody")


@_attrs_define
class ReplaceInstructionsBody:
    """
    Attributes:
        instructions (list[BatchInstructionsPutRequestInstruction]):
    """

    instructions: list[BatchInstructionsPutRequestInstruction]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        instructions = []
        for instructions_item_data in self.instructions:
            instructions_item = instructions_item_data.to_dict()
            instructions.append(instructions_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "instructions": instructions,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.batch_instructions_put_request_instruction import (
            BatchInstructionsPutRequestInstruction,
        )

        d = dict(src_dict)
        instructions = []
        _instructions = d.pop("instructions")
        for instructions_item_data in _instructions:
            instructions_item = BatchInstructionsPutRequestInstruction.from_dict(
                instructions_item_data
            )

            instructions.append(instructions_item)

        replace_instructions_body = cls(
            instructions=instructions,
        )

        replace_instructions_body.additional_properties = d
        return replace_instructions_body

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
