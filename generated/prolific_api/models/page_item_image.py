from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.page_item_image_parent_type import PageItemImageParentType
from ..models.page_item_image_type import PageItemImageType
from ..types import UNSET, Unset

T = TypeVar("T", bound="PageItemImage")


@_attrs_define
class PageItemImage:
    """
    Attributes:
        alt_text (str):
        created_at (datetime.datetime):
        created_by (str):
        id (UUID):
        parent_id (UUID):
        parent_type (PageItemImageParentType):
        schema_version (Any | int | str):
        type_ (PageItemImageType):
        url (str):
        caption (str | Unset):
    """

    alt_text: str
    created_at: datetime.datetime
    created_by: str
    id: UUID
    parent_id: UUID
    parent_type: PageItemImageParentType
    schema_version: Any | int | str
    type_: PageItemImageType
    url: str
    caption: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        alt_text = self.alt_text

        created_at = self.created_at.isoformat()

        created_by = self.created_by

        id = str(self.id)

        parent_id = str(self.parent_id)

        parent_type = self.parent_type.value

        schema_version: Any | int | str
        schema_version = self.schema_version

        type_ = self.type_.value

        url = self.url

        caption = self.caption

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "alt_text": alt_text,
                "created_at": created_at,
                "created_by": created_by,
                "id": id,
                "parent_id": parent_id,
                "parent_type": parent_type,
                "schema_version": schema_version,
                "type": type_,
                "url": url,
            }
        )
        if caption is not UNSET:
            field_dict["caption"] = caption

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        alt_text = d.pop("alt_text")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        created_by = d.pop("created_by")

        id = UUID(d.pop("id"))

        parent_id = UUID(d.pop("parent_id"))

        parent_type = PageItemImageParentType(d.pop("parent_type"))

        def _parse_schema_version(data: object) -> Any | int | str:
            return cast(Any | int | str, data)

        schema_version = _parse_schema_version(d.pop("schema_version"))

        type_ = PageItemImageType(d.pop("type"))

        url = d.pop("url")

        caption = d.pop("caption", UNSET)

        page_item_image = cls(
            alt_text=alt_text,
            created_at=created_at,
            created_by=created_by,
            id=id,
            parent_id=parent_id,
            parent_type=parent_type,
            schema_version=schema_version,
            type_=type_,
            url=url,
            caption=caption,
        )

        page_item_image.additional_properties = d
        return page_item_image

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
