from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.dataset_import_job_status import DatasetImportJobStatus
from ..models.dataset_import_job_type import DatasetImportJobType
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.import_job_error import ImportJobError


T = TypeVar("T", bound="DatasetImportJob")


@_attrs_define
class DatasetImportJob:
    """
    Attributes:
        created_at (datetime.datetime):
        dataset_id (UUID):
        import_id (UUID):
        status (DatasetImportJobStatus):
        type_ (DatasetImportJobType):
        updated_at (datetime.datetime):
        accepted_count (int | Unset):
        errors (list[ImportJobError] | Unset):
        filename (None | str | Unset):
        reason (str | Unset):
        rejected_count (int | Unset):
    """

    created_at: datetime.datetime
    dataset_id: UUID
    import_id: UUID
    status: DatasetImportJobStatus
    type_: DatasetImportJobType
    updated_at: datetime.datetime
    accepted_count: int | Unset = UNSET
    errors: list[ImportJobError] | Unset = UNSET
    filename: None | str | Unset = UNSET
    reason: str | Unset = UNSET
    rejected_count: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        created_at = self.created_at.isoformat()

        dataset_id = str(self.dataset_id)

        import_id = str(self.import_id)

        status = self.status.value

        type_ = self.type_.value

        updated_at = self.updated_at.isoformat()

        accepted_count = self.accepted_count

        errors: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.errors, Unset):
            errors = []
            for errors_item_data in self.errors:
                errors_item = errors_item_data.to_dict()
                errors.append(errors_item)

        filename: None | str | Unset
        if isinstance(self.filename, Unset):
            filename = UNSET
        else:
            filename = self.filename

        reason = self.reason

        rejected_count = self.rejected_count

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created_at": created_at,
                "dataset_id": dataset_id,
                "import_id": import_id,
                "status": status,
                "type": type_,
                "updated_at": updated_at,
            }
        )
        if accepted_count is not UNSET:
            field_dict["accepted_count"] = accepted_count
        if errors is not UNSET:
            field_dict["errors"] = errors
        if filename is not UNSET:
            field_dict["filename"] = filename
        if reason is not UNSET:
            field_dict["reason"] = reason
        if rejected_count is not UNSET:
            field_dict["rejected_count"] = rejected_count

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.import_job_error import ImportJobError

        d = dict(src_dict)
        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        dataset_id = UUID(d.pop("dataset_id"))

        import_id = UUID(d.pop("import_id"))

        status = DatasetImportJobStatus(d.pop("status"))

        type_ = DatasetImportJobType(d.pop("type"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        accepted_count = d.pop("accepted_count", UNSET)

        _errors = d.pop("errors", UNSET)
        errors: list[ImportJobError] | Unset = UNSET
        if _errors is not UNSET:
            errors = []
            for errors_item_data in _errors:
                errors_item = ImportJobError.from_dict(errors_item_data)

                errors.append(errors_item)

        def _parse_filename(data: object) -> None | str | Unset:
            return cast(None | str | Unset, data)

        filename = _parse_filename(d.pop("filename", UNSET))

        reason = d.pop("reason", UNSET)

        rejected_count = d.pop("rejected_count", UNSET)

        dataset_import_job = cls(
            created_at=created_at,
            dataset_id=dataset_id,
            import_id=import_id,
            status=status,
            type_=type_,
            updated_at=updated_at,
            accepted_count=accepted_count,
            errors=errors,
            filename=filename,
            reason=reason,
            rejected_count=rejected_count,
        )

        dataset_import_job.additional_properties = d
        return dataset_import_job

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
