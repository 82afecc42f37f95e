from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.instruction_free_text_parent_type import InstructionFreeTextParentType
from ..models.instruction_star_rating_type import InstructionStarRatingType
from ..types import UNSET, Unset

T = TypeVar("T", bound="InstructionStarRating")


@_attrs_define
class InstructionStarRating:
    """
    Attributes:
        created_at (datetime.datetime):
        created_by (str):
        description (str):
        id (UUID):
        parent_id (UUID):
        parent_type (InstructionFreeTextParentType):
        type_ (InstructionStarRatingType):
        helper_text (str | Unset):
        max_stars (int | Unset):  Default: 5.
    """

    created_at: datetime.datetime
    created_by: str
    description: str
    id: UUID
    parent_id: UUID
    parent_type: InstructionFreeTextParentType
    type_: InstructionStarRatingType
    helper_text: str | Unset = UNSET
    max_stars: int | Unset = 5
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        created_at = self.created_at.isoformat()

        created_by = self.created_by

        description = self.description

        id = str(self.id)

        parent_id = str(self.parent_id)

        parent_type = self.parent_type.value

        type_ = self.type_.value

        helper_text = self.helper_text

        max_stars = self.max_stars

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
        if helper_text is not UNSET:
            field_dict["helper_text"] = helper_text
        if max_stars is not UNSET:
            field_dict["max_stars"] = max_stars

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        created_by = d.pop("created_by")

        description = d.pop("description")

        id = UUID(d.pop("id"))

        parent_id = UUID(d.pop("parent_id"))

        parent_type = InstructionFreeTextParentType(d.pop("parent_type"))

        type_ = InstructionStarRatingType(d.pop("type"))

        helper_text = d.pop("helper_text", UNSET)

        max_stars = d.pop("max_stars", UNSET)

        instruction_star_rating = cls(
            created_at=created_at,
            created_by=created_by,
            description=description,
            id=id,
            parent_id=parent_id,
            parent_type=parent_type,
            type_=type_,
            helper_text=helper_text,
            max_stars=max_stars,
        )

        instruction_star_rating.additional_properties = d
        return instruction_star_rating

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
