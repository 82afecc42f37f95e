from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.dataset_schema_fields import DatasetSchemaFields


T = TypeVar("T", bound="DatasetSchema")


@_attrs_define
class DatasetSchema:
    """
    Attributes:
        fields (DatasetSchemaFields):
        strict (bool):
    """

    fields: DatasetSchemaFields
    strict: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        fields = self.fields.to_dict()

        strict = self.strict

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "fields": fields,
                "strict": strict,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.dataset_schema_fields import DatasetSchemaFields

        d = dict(src_dict)
        fields = DatasetSchemaFields.from_dict(d.pop("fields"))

        strict = d.pop("strict")

        dataset_schema = cls(
            fields=fields,
            strict=strict,
        )

        dataset_schema.additional_properties = d
        return dataset_schema

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
