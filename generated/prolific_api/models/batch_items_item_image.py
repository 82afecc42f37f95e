from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.batch_items_item_image_type import BatchItemsItemImageType
from ..types import UNSET, Unset

T = TypeVar("T", bound="BatchItemsItemImage")


@_attrs_define
class BatchItemsItemImage:
    """
    Attributes:
        alt_text (str):
        type_ (BatchItemsItemImageType):
        url (str):
        caption (str | Unset):
        id (str | Unset):
    """

    alt_text: str
    type_: BatchItemsItemImageType
    url: str
    caption: str | Unset = UNSET
    id: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        alt_text = self.alt_text

        type_ = self.type_.value

        url = self.url

        caption = self.caption

        id = self.id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "alt_text": alt_text,
                "type": type_,
                "url": url,
            }
        )
        if caption is not UNSET:
            field_dict["caption"] = caption
        if id is not UNSET:
            field_dict["id"] = id

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        alt_text = d.pop("alt_text")

        type_ = BatchItemsItemImageType(d.pop("type"))

        url = d.pop("url")

        caption = d.pop("caption", UNSET)

        id = d.pop("id", UNSET)

        batch_items_item_image = cls(
            alt_text=alt_text,
            type_=type_,
            url=url,
            caption=caption,
            id=id,
        )

        batch_items_item_image.additional_properties = d
        return batch_items_item_image

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
