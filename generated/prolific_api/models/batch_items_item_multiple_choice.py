from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.batch_items_item_multiple_choice_type import (
    BatchItemsItemMultipleChoiceType,
)
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.batch_items_item_multiple_choice_option import (
        BatchItemsItemMultipleChoiceOption,
    )


T = TypeVar("T", bound="BatchItemsItemMultipleChoice")


@_attrs_define
class BatchItemsItemMultipleChoice:
    """
    Attributes:
        answer_limit (int):
        description (str):
        options (list[BatchItemsItemMultipleChoiceOption]):
        type_ (BatchItemsItemMultipleChoiceType):
        disable_dropdown (bool | Unset):  Default: False.
        helper_text (str | Unset):
        id (str | Unset):
        placeholder_text_input (str | Unset):
    """

    answer_limit: int
    description: str
    options: list[BatchItemsItemMultipleChoiceOption]
    type_: BatchItemsItemMultipleChoiceType
    disable_dropdown: bool | Unset = False
    helper_text: str | Unset = UNSET
    id: str | Unset = UNSET
    placeholder_text_input: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        answer_limit = self.answer_limit

        description = self.description

        options = []
        for options_item_data in self.options:
            options_item = options_item_data.to_dict()
            options.append(options_item)

        type_ = self.type_.value

        disable_dropdown = self.disable_dropdown

        helper_text = self.helper_text

        id = self.id

        placeholder_text_input = self.placeholder_text_input

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "answer_limit": answer_limit,
                "description": description,
                "options": options,
                "type": type_,
            }
        )
        if disable_dropdown is not UNSET:
            field_dict["disable_dropdown"] = disable_dropdown
        if helper_text is not UNSET:
            field_dict["helper_text"] = helper_text
        if id is not UNSET:
            field_dict["id"] = id
        if placeholder_text_input is not UNSET:
            field_dict["placeholder_text_input"] = placeholder_text_input

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.batch_items_item_multiple_choice_option import (
            BatchItemsItemMultipleChoiceOption,
        )

        d = dict(src_dict)
        answer_limit = d.pop("answer_limit")

        description = d.pop("description")

        options = []
        _options = d.pop("options")
        for options_item_data in _options:
            options_item = BatchItemsItemMultipleChoiceOption.from_dict(
                options_item_data
            )

            options.append(options_item)

        type_ = BatchItemsItemMultipleChoiceType(d.pop("type"))

        disable_dropdown = d.pop("disable_dropdown", UNSET)

        helper_text = d.pop("helper_text", UNSET)

        id = d.pop("id", UNSET)

        placeholder_text_input = d.pop("placeholder_text_input", UNSET)

        batch_items_item_multiple_choice = cls(
            answer_limit=answer_limit,
            description=description,
            options=options,
            type_=type_,
            disable_dropdown=disable_dropdown,
            helper_text=helper_text,
            id=id,
            placeholder_text_input=placeholder_text_input,
        )

        batch_items_item_multiple_choice.additional_properties = d
        return batch_items_item_multiple_choice

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
