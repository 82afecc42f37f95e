from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import Any, Self, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.sync_job_status import SyncJobStatus
from ..types import UNSET, Unset

T = TypeVar("T", bound="SyncJob")


@_attrs_define
class SyncJob:
    """
    Attributes:
        batch_id (UUID):
        created_at (datetime.datetime):
        dataset_id (UUID):
        status (SyncJobStatus):
        sync_id (UUID):
        updated_at (datetime.datetime):
        datapoints_processed (int | Unset):
        groups_created (int | Unset):
        groups_expanded (int | Unset):
        reason (str | Unset):
        tasks_created (int | Unset):
    """

    batch_id: UUID
    created_at: datetime.datetime
    dataset_id: UUID
    status: SyncJobStatus
    sync_id: UUID
    updated_at: datetime.datetime
    datapoints_processed: int | Unset = UNSET
    groups_created: int | Unset = UNSET
    groups_expanded: int | Unset = UNSET
    reason: str | Unset = UNSET
    tasks_created: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        batch_id = str(self.batch_id)

        created_at = self.created_at.isoformat()

        dataset_id = str(self.dataset_id)

        status = self.status.value

        sync_id = str(self.sync_id)

        updated_at = self.updated_at.isoformat()

        datapoints_processed = self.datapoints_processed

        groups_created = self.groups_created

        groups_expanded = self.groups_expanded

        reason = self.reason

        tasks_created = self.tasks_created

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "batch_id": batch_id,
                "created_at": created_at,
                "dataset_id": dataset_id,
                "status": status,
                "sync_id": sync_id,
                "updated_at": updated_at,
            }
        )
        if datapoints_processed is not UNSET:
            field_dict["datapoints_processed"] = datapoints_processed
        if groups_created is not UNSET:
            field_dict["groups_created"] = groups_created
        if groups_expanded is not UNSET:
            field_dict["groups_expanded"] = groups_expanded
        if reason is not UNSET:
            field_dict["reason"] = reason
        if tasks_created is not UNSET:
            field_dict["tasks_created"] = tasks_created

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        batch_id = UUID(d.pop("batch_id"))

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        dataset_id = UUID(d.pop("dataset_id"))

        status = SyncJobStatus(d.pop("status"))

        sync_id = UUID(d.pop("sync_id"))

        updated_at = datetime.datetime.fromisoformat(d.pop("updated_at"))

        datapoints_processed = d.pop("datapoints_processed", UNSET)

        groups_created = d.pop("groups_created", UNSET)

        groups_expanded = d.pop("groups_expanded", UNSET)

        reason = d.pop("reason", UNSET)

        tasks_created = d.pop("tasks_created", UNSET)

        sync_job = cls(
            batch_id=batch_id,
            created_at=created_at,
            dataset_id=dataset_id,
            status=status,
            sync_id=sync_id,
            updated_at=updated_at,
            datapoints_processed=datapoints_processed,
            groups_created=groups_created,
            groups_expanded=groups_expanded,
            reason=reason,
            tasks_created=tasks_created,
        )

        sync_job.additional_properties = d
        return sync_job

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
