from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.dataset_schema_field_type import DatasetSchemaFieldType
from ..types import UNSET, Unset

T = TypeVar("T", bound="DatasetSchemaField")


@_attrs_define
class DatasetSchemaField:
    """
    Attributes:
        type_ (DatasetSchemaFieldType):
        label (str | Unset):
    """

    type_: DatasetSchemaFieldType
    label: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        type_ = self.type_.value

        label = self.label

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "type": type_,
            }
        )
        if label is not UNSET:
            field_dict["label"] = label

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        type_ = DatasetSchemaFieldType(d.pop("type"))

        label = d.pop("label", UNSET)

        dataset_schema_field = cls(
            type_=type_,
            label=label,
        )

        dataset_schema_field.additional_properties = d
        return dataset_schema_field

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
