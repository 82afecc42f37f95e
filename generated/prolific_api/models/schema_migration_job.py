from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.schema_migration_job_status import SchemaMigrationJobStatus
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.schema_migration_error import SchemaMigrationError


T = TypeVar("T", bound="SchemaMigrationJob")


@_attrs_define
class SchemaMigrationJob:
    """
    Attributes:
        created_at (datetime.datetime):
        dataset_id (UUID):
        job_id (UUID):
        schema_version (int):
        status (SchemaMigrationJobStatus):
        updated_at (datetime.datetime):
        errors (list[SchemaMigrationError] | Unset):
        failed_count (int | Unset):
        reason (str | Unset):
        reprocessed_count (int | Unset):
    """

    created_at: datetime.datetime
    dataset_id: UUID
    job_id: UUID
    schema_version: int
    status: SchemaMigrationJobStatus
    updated_at: datetime.datetime
    errors: list[SchemaMigrationError] | Unset = UNSET
    failed_count: int | Unset = UNSET
    reason: str | Unset = UNSET
    reprocessed_count: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        created_at = self.created_at.isoformat()

        dataset_id = str(self.dataset_id)

        job_id = str(self.job_id)

        schema_version = self.schema_version

        status = self.status.value

        updated_at = self.updated_at.isoformat()

        errors: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.errors, Unset):
            errors = []
            for errors_item_data in self.errors:
                errors_item = errors_item_data.to_dict()
                errors.append(errors_item)

        failed_count = self.failed_count

        reason = self.reason

        reprocessed_count = self.reprocessed_count

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created_at": created_at,
                "dataset_id": dataset_id,
                "job_id": job_id,
                "schema_version": schema_version,
                "status": status,
                "updated_at": updated_at,
            }
        )
        if errors is not UNSET:
            field_dict["errors"] = errors
        if failed_count is not UNSET:
            field_dict["failed_count"] = failed_count
        if reason is not UNSET:
            field_dict["reason"] = reason
        if reprocessed_count is not UNSET:
            field_dict["reprocessed_count"] = reprocessed_count

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.schema_migration_error import SchemaMigrationError

        d = dict(src_dict)
        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        dataset_id = UUID(d.pop("dataset_id"))

        job_id = UUID(d.pop("job_id"))

        schema_version = d.pop("schema_version")

        status = SchemaMigrationJobStatus(d.pop("status"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        _errors = d.pop("errors", UNSET)
        errors: list[SchemaMigrationError] | Unset = UNSET
        if _errors is not UNSET:
            errors = []
            for errors_item_data in _errors:
                errors_item = SchemaMigrationError.from_dict(errors_item_data)

                errors.append(errors_item)

        failed_count = d.pop("failed_count", UNSET)

        reason = d.pop("reason", UNSET)

        reprocessed_count = d.pop("reprocessed_count", UNSET)

        schema_migration_job = cls(
            created_at=created_at,
            dataset_id=dataset_id,
            job_id=job_id,
            schema_version=schema_version,
            status=status,
            updated_at=updated_at,
            errors=errors,
            failed_count=failed_count,
            reason=reason,
            reprocessed_count=reprocessed_count,
        )

        schema_migration_job.additional_properties = d
        return schema_migration_job

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
