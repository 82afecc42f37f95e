from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.instruction_multiple_choice_parent_type import (
    InstructionMultipleChoiceParentType,
)
from ..models.instruction_multiple_choice_type import InstructionMultipleChoiceType
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.instruction_multiple_choice_option import (
        InstructionMultipleChoiceOption,
    )


T = TypeVar("T", bound="InstructionMultipleChoice")


@_attrs_define
class InstructionMultipleChoice:
    """
    Attributes:
        answer_limit (int):
        created_at (datetime.datetime):
        created_by (str):
        description (str):
        id (UUID):
        options (list[InstructionMultipleChoiceOption]):
        parent_id (UUID):
        parent_type (InstructionMultipleChoiceParentType):
        type_ (InstructionMultipleChoiceType):
        disable_dropdown (bool | Unset):  Default: False.
        helper_text (str | Unset):
        placeholder_text_input (str | Unset):
    """

    answer_limit: int
    created_at: datetime.datetime
    created_by: str
    description: str
    id: UUID
    options: list[InstructionMultipleChoiceOption]
    parent_id: UUID
    parent_type: InstructionMultipleChoiceParentType
    type_: InstructionMultipleChoiceType
    disable_dropdown: bool | Unset = False
    helper_text: str | Unset = UNSET
    placeholder_text_input: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        answer_limit = self.answer_limit

        created_at = self.created_at.isoformat()

        created_by = self.created_by

        description = self.description

        id = str(self.id)

        options = []
        for options_item_data in self.options:
            options_item = options_item_data.to_dict()
            options.append(options_item)

        parent_id = str(self.parent_id)

        parent_type = self.parent_type.value

        type_ = self.type_.value

        disable_dropdown = self.disable_dropdown

        helper_text = self.helper_text

        placeholder_text_input = self.placeholder_text_input

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "answer_limit": answer_limit,
                "created_at": created_at,
                "created_by": created_by,
                "description": description,
                "id": id,
                "options": options,
                "parent_id": parent_id,
                "parent_type": parent_type,
                "type": type_,
            }
        )
        if disable_dropdown is not UNSET:
            field_dict["disable_dropdown"] = disable_dropdown
        if helper_text is not UNSET:
            field_dict["helper_text"] = helper_text
        if placeholder_text_input is not UNSET:
            field_dict["placeholder_text_input"] = placeholder_text_input

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.instruction_multiple_choice_option import (
            InstructionMultipleChoiceOption,
        )

        d = dict(src_dict)
        answer_limit = d.pop("answer_limit")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        created_by = d.pop("created_by")

        description = d.pop("description")

        id = UUID(d.pop("id"))

        options = []
        _options = d.pop("options")
        for options_item_data in _options:
            options_item = InstructionMultipleChoiceOption.from_dict(options_item_data)

            options.append(options_item)

        parent_id = UUID(d.pop("parent_id"))

        parent_type = InstructionMultipleChoiceParentType(d.pop("parent_type"))

        type_ = InstructionMultipleChoiceType(d.pop("type"))

        disable_dropdown = d.pop("disable_dropdown", UNSET)

        helper_text = d.pop("helper_text", UNSET)

        placeholder_text_input = d.pop("placeholder_text_input", UNSET)

        instruction_multiple_choice = cls(
            answer_limit=answer_limit,
            created_at=created_at,
            created_by=created_by,
            description=description,
            id=id,
            options=options,
            parent_id=parent_id,
            parent_type=parent_type,
            type_=type_,
            disable_dropdown=disable_dropdown,
            helper_text=helper_text,
            placeholder_text_input=placeholder_text_input,
        )

        instruction_multiple_choice.additional_properties = d
        return instruction_multiple_choice

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
