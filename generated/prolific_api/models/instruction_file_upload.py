from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.instruction_file_upload_parent_type import InstructionFileUploadParentType
from ..models.instruction_file_upload_type import InstructionFileUploadType
from ..types import UNSET, Unset

T = TypeVar("T", bound="InstructionFileUpload")


@_attrs_define
class InstructionFileUpload:
    """
    Attributes:
        created_at (datetime.datetime):
        created_by (str):
        description (str):
        id (UUID):
        parent_id (UUID):
        parent_type (InstructionFileUploadParentType):
        type_ (InstructionFileUploadType):
        accepted_file_types (list[str] | Unset):
        helper_text (str | Unset):
        max_file_count (int | Unset):
        max_file_size_mb (float | Unset):
        min_file_count (int | Unset):
        placeholder_text_input (str | Unset):
    """

    created_at: datetime.datetime
    created_by: str
    description: str
    id: UUID
    parent_id: UUID
    parent_type: InstructionFileUploadParentType
    type_: InstructionFileUploadType
    accepted_file_types: list[str] | Unset = UNSET
    helper_text: str | Unset = UNSET
    max_file_count: int | Unset = UNSET
    max_file_size_mb: float | Unset = UNSET
    min_file_count: int | Unset = UNSET
    placeholder_text_input: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        created_at = self.created_at.isoformat()

        created_by = self.created_by

        description = self.description

        id = str(self.id)

        parent_id = str(self.parent_id)

        parent_type = self.parent_type.value

        type_ = self.type_.value

        accepted_file_types: list[str] | Unset = UNSET
        if not isinstance(self.accepted_file_types, Unset):
            accepted_file_types = self.accepted_file_types

        helper_text = self.helper_text

        max_file_count = self.max_file_count

        max_file_size_mb = self.max_file_size_mb

        min_file_count = self.min_file_count

        placeholder_text_input = self.placeholder_text_input

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created_at": created_at,
                "created_by": created_by,
                "description": description,
                "id": id,
                "parent_id": parent_id,
                "parent_type": parent_type,
                "type": type_,
            }
        )
        if accepted_file_types is not UNSET:
            field_dict["accepted_file_types"] = accepted_file_types
        if helper_text is not UNSET:
            field_dict["helper_text"] = helper_text
        if max_file_count is not UNSET:
            field_dict["max_file_count"] = max_file_count
        if max_file_size_mb is not UNSET:
            field_dict["max_file_size_mb"] = max_file_size_mb
        if min_file_count is not UNSET:
            field_dict["min_file_count"] = min_file_count
        if placeholder_text_input is not UNSET:
            field_dict["placeholder_text_input"] = placeholder_text_input

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        created_by = d.pop("created_by")

        description = d.pop("description")

        id = UUID(d.pop("id"))

        parent_id = UUID(d.pop("parent_id"))

        parent_type = InstructionFileUploadParentType(d.pop("parent_type"))

        type_ = InstructionFileUploadType(d.pop("type"))

        accepted_file_types = cast(list[str], d.pop("accepted_file_types", UNSET))

        helper_text = d.pop("helper_text", UNSET)

        max_file_count = d.pop("max_file_count", UNSET)

        max_file_size_mb = d.pop("max_file_size_mb", UNSET)

        min_file_count = d.pop("min_file_count", UNSET)

        placeholder_text_input = d.pop("placeholder_text_input", UNSET)

        instruction_file_upload = cls(
            created_at=created_at,
            created_by=created_by,
            description=description,
            id=id,
            parent_id=parent_id,
            parent_type=parent_type,
            type_=type_,
            accepted_file_types=accepted_file_types,
            helper_text=helper_text,
            max_file_count=max_file_count,
            max_file_size_mb=max_file_size_mb,
            min_file_count=min_file_count,
            placeholder_text_input=placeholder_text_input,
        )

        instruction_file_upload.additional_properties = d
        return instruction_file_upload

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
