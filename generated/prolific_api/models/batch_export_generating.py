from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.batch_export_generating_status import BatchExportGeneratingStatus

T = TypeVar("T", bound="BatchExportGenerating")


@_attrs_define
class BatchExportGenerating:
    """The archive is being made; ask again by the job's id.

    Attributes:
        export_id (UUID):
        status (BatchExportGeneratingStatus):
    """

    export_id: UUID
    status: BatchExportGeneratingStatus
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        export_id = str(self.export_id)

        status = self.status.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "export_id": export_id,
                "status": status,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        export_id = UUID(d.pop("export_id"))

        status = BatchExportGeneratingStatus(d.pop("status"))

        batch_export_generating = cls(
            export_id=export_id,
            status=status,
        )

        batch_export_generating.additional_properties = d
        return batch_export_generating

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
