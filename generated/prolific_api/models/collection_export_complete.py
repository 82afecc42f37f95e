from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.collection_export_complete_status import CollectionExportCompleteStatus

T = TypeVar("T", bound="CollectionExportComplete")


@_attrs_define
class CollectionExportComplete:
    """The archive is ready at a presigned URL until it expires.

    Attributes:
        expires_at (datetime.datetime):
        status (CollectionExportCompleteStatus):
        url (str):
    """

    expires_at: datetime.datetime
    status: CollectionExportCompleteStatus
    url: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        expires_at = self.expires_at.isoformat()

        status = self.status.value

        url = self.url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "expires_at": expires_at,
                "status": status,
                "url": url,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        expires_at = datetime.datetime.fromisoformat(d.pop("expires_at"))

        status = CollectionExportCompleteStatus(d.pop("status"))

        url = d.pop("url")

        collection_export_complete = cls(
            expires_at=expires_at,
            status=status,
            url=url,
        )

        collection_export_complete.additional_properties = d
        return collection_export_complete

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
