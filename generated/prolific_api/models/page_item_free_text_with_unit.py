from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.page_item_free_text_with_unit_parent_type import (
    PageItemFreeTextWithUnitParentType,
)
from ..models.page_item_free_text_with_unit_type import PageItemFreeTextWithUnitType
from ..models.page_item_free_text_with_unit_unit_position import (
    PageItemFreeTextWithUnitUnitPosition,
)
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.page_item_free_text_with_unit_unit_option import (
        PageItemFreeTextWithUnitUnitOption,
    )


T = TypeVar("T", bound="PageItemFreeTextWithUnit")


@_attrs_define
class PageItemFreeTextWithUnit:
    """
    Attributes:
        created_at (datetime.datetime):
        created_by (str):
        description (str):
        id (UUID):
        order (int):
        parent_id (UUID):
        parent_type (PageItemFreeTextWithUnitParentType):
        type_ (PageItemFreeTextWithUnitType):
        unit_options (list[PageItemFreeTextWithUnitUnitOption]):
        unit_position (PageItemFreeTextWithUnitUnitPosition):
        default_unit (str | Unset):
        helper_text (str | Unset):
        placeholder_text_input (str | Unset):
    """

    created_at: datetime.datetime
    created_by: str
    description: str
    id: UUID
    order: int
    parent_id: UUID
    parent_type: PageItemFreeTextWithUnitParentType
    type_: PageItemFreeTextWithUnitType
    unit_options: list[PageItemFreeTextWithUnitUnitOption]
    unit_position: PageItemFreeTextWithUnitUnitPosition
    default_unit: str | Unset = UNSET
    helper_text: str | Unset = UNSET
    placeholder_text_input: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        created_at = self.created_at.isoformat()

        created_by = self.created_by

        description = self.description

        id = str(self.id)

        order = self.order

        parent_id = str(self.parent_id)

        parent_type = self.parent_type.value

        type_ = self.type_.value

        unit_options = []
        for unit_options_item_data in self.unit_options:
            unit_options_item = unit_options_item_data.to_dict()
            unit_options.append(unit_options_item)

        unit_position = self.unit_position.value

        default_unit = self.default_unit

        helper_text = self.helper_text

        placeholder_text_input = self.placeholder_text_input

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created_at": created_at,
                "created_by": created_by,
                "description": description,
                "id": id,
                "order": order,
                "parent_id": parent_id,
                "parent_type": parent_type,
                "type": type_,
                "unit_options": unit_options,
                "unit_position": unit_position,
            }
        )
        if default_unit is not UNSET:
            field_dict["default_unit"] = default_unit
        if helper_text is not UNSET:
            field_dict["helper_text"] = helper_text
        if placeholder_text_input is not UNSET:
            field_dict["placeholder_text_input"] = placeholder_text_input

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.page_item_free_text_with_unit_unit_option import (
            PageItemFreeTextWithUnitUnitOption,
        )

        d = dict(src_dict)
        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        created_by = d.pop("created_by")

        description = d.pop("description")

        id = UUID(d.pop("id"))

        order = d.pop("order")

        parent_id = UUID(d.pop("parent_id"))

        parent_type = PageItemFreeTextWithUnitParentType(d.pop("parent_type"))

        type_ = PageItemFreeTextWithUnitType(d.pop("type"))

        unit_options = []
        _unit_options = d.pop("unit_options")
        for unit_options_item_data in _unit_options:
            unit_options_item = PageItemFreeTextWithUnitUnitOption.from_dict(
                unit_options_item_data
            )

            unit_options.append(unit_options_item)

        unit_position = PageItemFreeTextWithUnitUnitPosition(d.pop("unit_position"))

        default_unit = d.pop("default_unit", UNSET)

        helper_text = d.pop("helper_text", UNSET)

        placeholder_text_input = d.pop("placeholder_text_input", UNSET)

        page_item_free_text_with_unit = cls(
            created_at=created_at,
            created_by=created_by,
            description=description,
            id=id,
            order=order,
            parent_id=parent_id,
            parent_type=parent_type,
            type_=type_,
            unit_options=unit_options,
            unit_position=unit_position,
            default_unit=default_unit,
            helper_text=helper_text,
            placeholder_text_input=placeholder_text_input,
        )

        page_item_free_text_with_unit.additional_properties = d
        return page_item_free_text_with_unit

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
