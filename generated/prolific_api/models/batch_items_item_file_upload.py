from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.batch_items_item_file_upload_type import BatchItemsItemFileUploadType
from ..types import UNSET, Unset

T = TypeVar("T", bound="BatchItemsItemFileUpload")


@_attrs_define
class BatchItemsItemFileUpload:
    """
    Attributes:
        description (str):
        type_ (BatchItemsItemFileUploadType):
        accepted_file_types (list[str] | Unset):
        helper_text (str | Unset):
        id (str | Unset):
        max_file_count (int | Unset):
        max_file_size_mb (float | Unset):
        min_file_count (int | Unset):
    """

    description: str
    type_: BatchItemsItemFileUploadType
    accepted_file_types: list[str] | Unset = UNSET
    helper_text: str | Unset = UNSET
    id: str | Unset = UNSET
    max_file_count: int | Unset = UNSET
    max_file_size_mb: float | Unset = UNSET
    min_file_count: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        description = self.description

        type_ = self.type_.value

        accepted_file_types: list[str] | Unset = UNSET
        if not isinstance(self.accepted_file_types, Unset):
            accepted_file_types = self.accepted_file_types

        helper_text = self.helper_text

        id = self.id

        max_file_count = self.max_file_count

        max_file_size_mb = self.max_file_size_mb

        min_file_count = self.min_file_count

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "description": description,
                "type": type_,
            }
        )
        if accepted_file_types is not UNSET:
            field_dict["accepted_file_types"] = accepted_file_types
        if helper_text is not UNSET:
            field_dict["helper_text"] = helper_text
        if id is not UNSET:
            field_dict["id"] = id
        if max_file_count is not UNSET:
            field_dict["max_file_count"] = max_file_count
        if max_file_size_mb is not UNSET:
            field_dict["max_file_size_mb"] = max_file_size_mb
        if min_file_count is not UNSET:
            field_dict["min_file_count"] = min_file_count

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        description = d.pop("description")

        type_ = BatchItemsItemFileUploadType(d.pop("type"))

        accepted_file_types = cast(list[str], d.pop("accepted_file_types", UNSET))

        helper_text = d.pop("helper_text", UNSET)

        id = d.pop("id", UNSET)

        max_file_count = d.pop("max_file_count", UNSET)

        max_file_size_mb = d.pop("max_file_size_mb", UNSET)

        min_file_count = d.pop("min_file_count", UNSET)

        batch_items_item_file_upload = cls(
            description=description,
            type_=type_,
            accepted_file_types=accepted_file_types,
            helper_text=helper_text,
            id=id,
            max_file_count=max_file_count,
            max_file_size_mb=max_file_size_mb,
            min_file_count=min_file_count,
        )

        batch_items_item_file_upload.additional_properties = d
        return batch_items_item_file_upload

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
