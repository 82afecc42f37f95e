from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.batch_report_get_response_http_method import (
    BatchReportGetResponseHttpMethod,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="BatchReportGetResponse200")


@_attrs_define
class BatchReportGetResponse200:
    """
    Attributes:
        expires_at (datetime.datetime | Unset):
        http_method (BatchReportGetResponseHttpMethod | Unset):
        url (str | Unset):
    """

    expires_at: datetime.datetime | Unset = UNSET
    http_method: BatchReportGetResponseHttpMethod | Unset = UNSET
    url: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        expires_at: str | Unset = UNSET
        if not isinstance(self.expires_at, Unset):
            expires_at = self.expires_at.isoformat()

        http_method: str | Unset = UNSET
        if not isinstance(self.http_method, Unset):
            http_method = self.http_method.value

        url = self.url

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if expires_at is not UNSET:
            field_dict["expires_at"] = expires_at
        if http_method is not UNSET:
            field_dict["http_method"] = http_method
        if url is not UNSET:
            field_dict["url"] = url

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        _expires_at = d.pop("expires_at", UNSET)
        expires_at: datetime.datetime | Unset
        if isinstance(_expires_at, Unset):
            expires_at = UNSET
        else:
            expires_at = datetime.datetime.fromisoformat(_expires_at)

        _http_method = d.pop("http_method", UNSET)
        http_method: BatchReportGetResponseHttpMethod | Unset
        if isinstance(_http_method, Unset):
            http_method = UNSET
        else:
            http_method = BatchReportGetResponseHttpMethod(_http_method)

        url = d.pop("url", UNSET)

        batch_report_get_response_200 = cls(
            expires_at=expires_at,
            http_method=http_method,
            url=url,
        )

        batch_report_get_response_200.additional_properties = d
        return batch_report_get_response_200

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
