from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.page_item_rich_text_parent_type import PageItemRichTextParentType
from ..models.page_item_rich_text_type import PageItemRichTextType

T = TypeVar("T", bound="PageItemRichText")


@_attrs_define
class PageItemRichText:
    """
    Attributes:
        content (str):
        created_at (datetime.datetime):
        created_by (str):
        id (UUID):
        parent_id (UUID):
        parent_type (PageItemRichTextParentType):
        schema_version (Any | int | str):
        type_ (PageItemRichTextType):
    """

    content: str
    created_at: datetime.datetime
    created_by: str
    id: UUID
    parent_id: UUID
    parent_type: PageItemRichTextParentType
    schema_version: Any | int | str
    type_: PageItemRichTextType
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        content = self.content

        created_at = self.created_at.isoformat()

        created_by = self.created_by

        id = str(self.id)

        parent_id = str(self.parent_id)

        parent_type = self.parent_type.value

        schema_version: Any | int | str
        schema_version = self.schema_version

        type_ = self.type_.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "content": content,
                "created_at": created_at,
                "created_by": created_by,
                "id": id,
                "parent_id": parent_id,
                "parent_type": parent_type,
                "schema_version": schema_version,
                "type": type_,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        content = d.pop("content")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        created_by = d.pop("created_by")

        id = UUID(d.pop("id"))

        parent_id = UUID(d.pop("parent_id"))

        parent_type = PageItemRichTextParentType(d.pop("parent_type"))

        def _parse_schema_version(data: object) -> Any | int | str:
            return cast(Any | int | str, data)

        schema_version = _parse_schema_version(d.pop("schema_version"))

        type_ = PageItemRichTextType(d.pop("type"))

        page_item_rich_text = cls(
            content=content,
            created_at=created_at,
            created_by=created_by,
            id=id,
            parent_id=parent_id,
            parent_type=parent_type,
            schema_version=schema_version,
            type_=type_,
        )

        page_item_rich_text.additional_properties = d
        return page_item_rich_text

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
