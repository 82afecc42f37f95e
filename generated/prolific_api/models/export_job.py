from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.export_filter import ExportFilter


T = TypeVar("T", bound="ExportJob")


@_attrs_define
class ExportJob:
    """An export job as the list shows it; deleted jobs are not in it.

    Attributes:
        created_at (datetime.datetime):
        export_id (UUID):
        status (str): The values are not published; those of the status operation are to be expected.
        filter_ (Any | ExportFilter | None | Unset):
    """

    created_at: datetime.datetime
    export_id: UUID
    status: str
    filter_: Any | ExportFilter | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.export_filter import ExportFilter

        created_at = self.created_at.isoformat()

        export_id = str(self.export_id)

        status = self.status

        filter_: Any | dict[str, Any] | None | Unset
        if isinstance(self.filter_, Unset):
            filter_ = UNSET
        elif isinstance(self.filter_, ExportFilter):
            filter_ = self.filter_.to_dict()
        else:
            filter_ = self.filter_

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created_at": created_at,
                "export_id": export_id,
                "status": status,
            }
        )
        if filter_ is not UNSET:
            field_dict["filter"] = filter_

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.export_filter import ExportFilter

        d = dict(src_dict)
        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        export_id = UUID(d.pop("export_id"))

        status = d.pop("status")

        def _parse_filter_(data: object) -> Any | ExportFilter | None | Unset:
            try:
                if not isinstance(data, dict):
                    raise TypeError()

                filter_type_0 = ExportFilter.from_dict(data)

                return filter_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Any | ExportFilter | None | Unset, data)

        filter_ = _parse_filter_(d.pop("filter", UNSET))

        export_job = cls(
            created_at=created_at,
            export_id=export_id,
            status=status,
            filter_=filter_,
        )

        export_job.additional_properties = d
        return export_job

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
