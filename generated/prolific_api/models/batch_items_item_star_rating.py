from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.batch_items_item_star_rating_type import BatchItemsItemStarRatingType
from ..types import UNSET, Unset

T = TypeVar("T", bound="BatchItemsItemStarRating")


@_attrs_define
class BatchItemsItemStarRating:
    """
    Attributes:
        description (str):
        type_ (BatchItemsItemStarRatingType):
        helper_text (str | Unset):
        id (str | Unset):
        max_stars (int | Unset):  Default: 5.
    """

    description: str
    type_: BatchItemsItemStarRatingType
    helper_text: str | Unset = UNSET
    id: str | Unset = UNSET
    max_stars: int | Unset = 5
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        description = self.description

        type_ = self.type_.value

        helper_text = self.helper_text

        id = self.id

        max_stars = self.max_stars

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "description": description,
                "type": type_,
            }
        )
        if helper_text is not UNSET:
            field_dict["helper_text"] = helper_text
        if id is not UNSET:
            field_dict["id"] = id
        if max_stars is not UNSET:
            field_dict["max_stars"] = max_stars

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        description = d.pop("description")

        type_ = BatchItemsItemStarRatingType(d.pop("type"))

        helper_text = d.pop("helper_text", UNSET)

        id = d.pop("id", UNSET)

        max_stars = d.pop("max_stars", UNSET)

        batch_items_item_star_rating = cls(
            description=description,
            type_=type_,
            helper_text=helper_text,
            id=id,
            max_stars=max_stars,
        )

        batch_items_item_star_rating.additional_properties = d
        return batch_items_item_star_rating

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
