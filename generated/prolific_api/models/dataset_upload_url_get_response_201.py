from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.dataset_upload_url_get_response_http_method import (
    DatasetUploadUrlGetResponseHttpMethod,
)
from ..types import UNSET, Unset

T = TypeVar("T", bound="DatasetUploadUrlGetResponse201")


@_attrs_define
class DatasetUploadUrlGetResponse201:
    """
    Attributes:
        content_type (str):
        dataset_id (UUID):
        expires_at (datetime.datetime):
        http_method (DatasetUploadUrlGetResponseHttpMethod):
        upload_url (str):
        file_key (str | Unset):
        import_id (UUID | Unset):
    """

    content_type: str
    dataset_id: UUID
    expires_at: datetime.datetime
    http_method: DatasetUploadUrlGetResponseHttpMethod
    upload_url: str
    file_key: str | Unset = UNSET
    import_id: UUID | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        content_type = self.content_type

        dataset_id = str(self.dataset_id)

        expires_at = self.expires_at.isoformat()

        http_method = self.http_method.value

        upload_url = self.upload_url

        file_key = self.file_key

        import_id: str | Unset = UNSET
        if not isinstance(self.import_id, Unset):
            import_id = str(self.import_id)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "content_type": content_type,
                "dataset_id": dataset_id,
                "expires_at": expires_at,
                "http_method": http_method,
                "upload_url": upload_url,
            }
        )
        if file_key is not UNSET:
            field_dict["file_key"] = file_key
        if import_id is not UNSET:
            field_dict["import_id"] = import_id

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        content_type = d.pop("content_type")

        dataset_id = UUID(d.pop("dataset_id"))

        expires_at = datetime.datetime.fromisoformat(d.pop("expires_at"))

        http_method = DatasetUploadUrlGetResponseHttpMethod(d.pop("http_method"))

        upload_url = d.pop("upload_url")

        file_key = d.pop("file_key", UNSET)

        _import_id = d.pop("import_id", UNSET)
        import_id: UUID | Unset
        if isinstance(_import_id, Unset):
            import_id = UNSET
        else:
            import_id = UUID(_import_id)

        dataset_upload_url_get_response_201 = cls(
            content_type=content_type,
            dataset_id=dataset_id,
            expires_at=expires_at,
            http_method=http_method,
            upload_url=upload_url,
            file_key=file_key,
            import_id=import_id,
        )

        dataset_upload_url_get_response_201.additional_properties = d
        return dataset_upload_url_get_response_201

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
