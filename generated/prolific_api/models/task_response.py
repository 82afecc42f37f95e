from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.task_response_metadata import TaskResponseMetadata
    from ..models.task_response_response import TaskResponseResponse


T = TypeVar("T", bound="TaskResponse")


@_attrs_define
class TaskResponse:
    """
    Attributes:
        batch_id (str):
        created_at (datetime.datetime):
        id (UUID):
        participant_id (str):
        response (TaskResponseResponse):
        task_id (str):
        correlation_id (str | Unset):
        metadata (TaskResponseMetadata | Unset):
        no_submission (bool | Unset):
        schema_version (int | Unset):
        submission_id (str | Unset):
    """

    batch_id: str
    created_at: datetime.datetime
    id: UUID
    participant_id: str
    response: TaskResponseResponse
    task_id: str
    correlation_id: str | Unset = UNSET
    metadata: TaskResponseMetadata | Unset = UNSET
    no_submission: bool | Unset = UNSET
    schema_version: int | Unset = UNSET
    submission_id: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        batch_id = self.batch_id

        created_at = self.created_at.isoformat()

        id = str(self.id)

        participant_id = self.participant_id

        response = self.response.to_dict()

        task_id = self.task_id

        correlation_id = self.correlation_id

        metadata: dict[str, Any] | Unset = UNSET
        if not isinstance(self.metadata, Unset):
            metadata = self.metadata.to_dict()

        no_submission = self.no_submission

        schema_version = self.schema_version

        submission_id = self.submission_id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "batch_id": batch_id,
                "created_at": created_at,
                "id": id,
                "participant_id": participant_id,
                "response": response,
                "task_id": task_id,
            }
        )
        if correlation_id is not UNSET:
            field_dict["correlation_id"] = correlation_id
        if metadata is not UNSET:
            field_dict["metadata"] = metadata
        if no_submission is not UNSET:
            field_dict["no_submission"] = no_submission
        if schema_version is not UNSET:
            field_dict["schema_version"] = schema_version
        if submission_id is not UNSET:
            field_dict["submission_id"] = submission_id

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.task_response_metadata import TaskResponseMetadata
        from ..models.task_response_response import TaskResponseResponse

        d = dict(src_dict)
        batch_id = d.pop("batch_id")

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        id = UUID(d.pop("id"))

        participant_id = d.pop("participant_id")

        response = TaskResponseResponse.from_dict(d.pop("response"))

        task_id = d.pop("task_id")

        correlation_id = d.pop("correlation_id", UNSET)

        _metadata = d.pop("metadata", UNSET)
        metadata: TaskResponseMetadata | Unset
        if isinstance(_metadata, Unset):
            metadata = UNSET
        else:
            metadata = TaskResponseMetadata.from_dict(_metadata)

        no_submission = d.pop("no_submission", UNSET)

        schema_version = d.pop("schema_version", UNSET)

        submission_id = d.pop("submission_id", UNSET)

        task_response = cls(
            batch_id=batch_id,
            created_at=created_at,
            id=id,
            participant_id=participant_id,
            response=response,
            task_id=task_id,
            correlation_id=correlation_id,
            metadata=metadata,
            no_submission=no_submission,
            schema_version=schema_version,
            submission_id=submission_id,
        )

        task_response.additional_properties = d
        return task_response

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
