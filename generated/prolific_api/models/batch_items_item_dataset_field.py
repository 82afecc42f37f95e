from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.batch_items_item_dataset_field_type import BatchItemsItemDatasetFieldType

T = TypeVar("T", bound="BatchItemsItemDatasetField")


@_attrs_define
class BatchItemsItemDatasetField:
    """
    Attributes:
        field (str):
        type_ (BatchItemsItemDatasetFieldType):
    """

    field: str
    type_: BatchItemsItemDatasetFieldType
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field = self.field

        type_ = self.type_.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "field": field,
                "type": type_,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        field = d.pop("field")

        type_ = BatchItemsItemDatasetFieldType(d.pop("type"))

        batch_items_item_dataset_field = cls(
            field=field,
            type_=type_,
        )

        batch_items_item_dataset_field.additional_properties = d
        return batch_items_item_dataset_field

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
