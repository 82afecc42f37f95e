from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.batch_items_item_rich_text_content_format import (
    BatchItemsItemRichTextContentFormat,
)
from ..models.batch_items_item_rich_text_type import BatchItemsItemRichTextType
from ..types import UNSET, Unset

T = TypeVar("T", bound="BatchItemsItemRichText")


@_attrs_define
class BatchItemsItemRichText:
    """
    Attributes:
        content (str):
        type_ (BatchItemsItemRichTextType):
        content_format (BatchItemsItemRichTextContentFormat | Unset):
        id (str | Unset):
    """

    content: str
    type_: BatchItemsItemRichTextType
    content_format: BatchItemsItemRichTextContentFormat | Unset = UNSET
    id: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        content = self.content

        type_ = self.type_.value

        content_format: str | Unset = UNSET
        if not isinstance(self.content_format, Unset):
            content_format = self.content_format.value

        id = self.id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "content": content,
                "type": type_,
            }
        )
        if content_format is not UNSET:
            field_dict["content_format"] = content_format
        if id is not UNSET:
            field_dict["id"] = id

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        content = d.pop("content")

        type_ = BatchItemsItemRichTextType(d.pop("type"))

        _content_format = d.pop("content_format", UNSET)
        content_format: BatchItemsItemRichTextContentFormat | Unset
        if isinstance(_content_format, Unset):
            content_format = UNSET
        else:
            content_format = BatchItemsItemRichTextContentFormat(_content_format)

        id = d.pop("id", UNSET)

        batch_items_item_rich_text = cls(
            content=content,
            type_=type_,
            content_format=content_format,
            id=id,
        )

        batch_items_item_rich_text.additional_properties = d
        return batch_items_item_rich_text

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
