from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.batch_items_item_free_text_with_unit_type import (
    BatchItemsItemFreeTextWithUnitType,
)
from ..models.batch_items_item_free_text_with_unit_unit_position import (
    BatchItemsItemFreeTextWithUnitUnitPosition,
)
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.batch_items_item_free_text_with_unit_unit_option import (
        BatchItemsItemFreeTextWithUnitUnitOption,
    )


T = TypeVar("T", bound="BatchItemsItemFreeTextWithUnit")


@_attrs_define
class BatchItemsItemFreeTextWithUnit:
    """
    Attributes:
        description (str):
        type_ (BatchItemsItemFreeTextWithUnitType):
        unit_options (list[BatchItemsItemFreeTextWithUnitUnitOption]):
        unit_position (BatchItemsItemFreeTextWithUnitUnitPosition):
        default_unit (str | Unset):
        helper_text (str | Unset):
        id (str | Unset):
        placeholder_text_input (str | Unset):
    """

    description: str
    type_: BatchItemsItemFreeTextWithUnitType
    unit_options: list[BatchItemsItemFreeTextWithUnitUnitOption]
    unit_position: BatchItemsItemFreeTextWithUnitUnitPosition
    default_unit: str | Unset = UNSET
    helper_text: str | Unset = UNSET
    id: str | Unset = UNSET
    placeholder_text_input: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        description = self.description

        type_ = self.type_.value

        unit_options = []
        for unit_options_item_data in self.unit_options:
            unit_options_item = unit_options_item_data.to_dict()
            unit_options.append(unit_options_item)

        unit_position = self.unit_position.value

        default_unit = self.default_unit

        helper_text = self.helper_text

        id = self.id

        placeholder_text_input = self.placeholder_text_input

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "description": description,
                "type": type_,
                "unit_options": unit_options,
                "unit_position": unit_position,
            }
        )
        if default_unit is not UNSET:
            field_dict["default_unit"] = default_unit
        if helper_text is not UNSET:
            field_dict["helper_text"] = helper_text
        if id is not UNSET:
            field_dict["id"] = id
        if placeholder_text_input is not UNSET:
            field_dict["placeholder_text_input"] = placeholder_text_input

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.batch_items_item_free_text_with_unit_unit_option import (
            BatchItemsItemFreeTextWithUnitUnitOption,
        )

        d = dict(src_dict)
        description = d.pop("description")

        type_ = BatchItemsItemFreeTextWithUnitType(d.pop("type"))

        unit_options = []
        _unit_options = d.pop("unit_options")
        for unit_options_item_data in _unit_options:
            unit_options_item = BatchItemsItemFreeTextWithUnitUnitOption.from_dict(
                unit_options_item_data
            )

            unit_options.append(unit_options_item)

        unit_position = BatchItemsItemFreeTextWithUnitUnitPosition(
            d.pop("unit_position")
        )

        default_unit = d.pop("default_unit", UNSET)

        helper_text = d.pop("helper_text", UNSET)

        id = d.pop("id", UNSET)

        placeholder_text_input = d.pop("placeholder_text_input", UNSET)

        batch_items_item_free_text_with_unit = cls(
            description=description,
            type_=type_,
            unit_options=unit_options,
            unit_position=unit_position,
            default_unit=default_unit,
            helper_text=helper_text,
            id=id,
            placeholder_text_input=placeholder_text_input,
        )

        batch_items_item_free_text_with_unit.additional_properties = d
        return batch_items_item_free_text_with_unit

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
