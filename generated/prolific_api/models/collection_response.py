from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.collection_response_response import CollectionResponseResponse


T = TypeVar("T", bound="CollectionResponse")


@_attrs_define
class CollectionResponse:
    """
    Attributes:
        collection_id (UUID):
        created_at (datetime.datetime):
        id (UUID):
        participant_id (str):
        response (CollectionResponseResponse):
        submission_id (str | Unset):
    """

    collection_id: UUID
    created_at: datetime.datetime
    id: UUID
    participant_id: str
    response: CollectionResponseResponse
    submission_id: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        collection_id = str(self.collection_id)

        created_at = self.created_at.isoformat()

        id = str(self.id)

        participant_id = self.participant_id

        response = self.response.to_dict()

        submission_id = self.submission_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "collection_id": collection_id,
                "created_at": created_at,
                "id": id,
                "participant_id": participant_id,
                "response": response,
            }
        )
        if submission_id is not UNSET:
            field_dict["submission_id"] = submission_id

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.collection_response_response import CollectionResponseResponse

        d = dict(src_dict)
        collection_id = UUID(d.pop("collection_id"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        id = UUID(d.pop("id"))

        participant_id = d.pop("participant_id")

        response = CollectionResponseResponse.from_dict(d.pop("response"))

        submission_id = d.pop("submission_id", UNSET)

        collection_response = cls(
            collection_id=collection_id,
            created_at=created_at,
            id=id,
            participant_id=participant_id,
            response=response,
            submission_id=submission_id,
        )

        collection_response.additional_properties = d
        return collection_response

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
