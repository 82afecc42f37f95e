from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.batch_items_item_free_text_type import BatchItemsItemFreeTextType
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.validation_rule import ValidationRule


T = TypeVar("T", bound="BatchItemsItemFreeText")


@_attrs_define
class BatchItemsItemFreeText:
    """
    Attributes:
        description (str):
        type_ (BatchItemsItemFreeTextType):
        helper_text (str | Unset):
        id (str | Unset):
        placeholder_text_input (str | Unset):
        validation (ValidationRule | Unset):
    """

    description: str
    type_: BatchItemsItemFreeTextType
    helper_text: str | Unset = UNSET
    id: str | Unset = UNSET
    placeholder_text_input: str | Unset = UNSET
    validation: ValidationRule | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        description = self.description

        type_ = self.type_.value

        helper_text = self.helper_text

        id = self.id

        placeholder_text_input = self.placeholder_text_input

        validation: dict[str, Any] | Unset = UNSET
        if not isinstance(self.validation, Unset):
            validation = self.validation.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "description": description,
                "type": type_,
            }
        )
        if helper_text is not UNSET:
            field_dict["helper_text"] = helper_text
        if id is not UNSET:
            field_dict["id"] = id
        if placeholder_text_input is not UNSET:
            field_dict["placeholder_text_input"] = placeholder_text_input
        if validation is not UNSET:
            field_dict["validation"] = validation

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.validation_rule import ValidationRule

        d = dict(src_dict)
        description = d.pop("description")

        type_ = BatchItemsItemFreeTextType(d.pop("type"))

        helper_text = d.pop("helper_text", UNSET)

        id = d.pop("id", UNSET)

        placeholder_text_input = d.pop("placeholder_text_input", UNSET)

        _validation = d.pop("validation", UNSET)
        validation: ValidationRule | Unset
        if isinstance(_validation, Unset):
            validation = UNSET
        else:
            validation = ValidationRule.from_dict(_validation)

        batch_items_item_free_text = cls(
            description=description,
            type_=type_,
            helper_text=helper_text,
            id=id,
            placeholder_text_input=placeholder_text_input,
            validation=validation,
        )

        batch_items_item_free_text.additional_properties = d
        return batch_items_item_free_text

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
