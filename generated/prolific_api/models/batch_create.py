from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.batch_create_status import BatchCreateStatus
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.batch_create_dataset import BatchCreateDataset
    from ..models.batch_create_task_details import BatchCreateTaskDetails
    from ..models.batch_items_page import BatchItemsPage


T = TypeVar("T", bound="BatchCreate")


@_attrs_define
class BatchCreate:
    """
    Attributes:
        created_at (datetime.datetime):
        created_by (str):
        datasets (list[BatchCreateDataset]):
        id (UUID):
        name (str):
        status (BatchCreateStatus):
        task_details (BatchCreateTaskDetails):
        total_instruction_count (int):
        total_task_count (int):
        workspace_id (str):
        batch_items (list[BatchItemsPage] | None | Unset):
    """

    created_at: datetime.datetime
    created_by: str
    datasets: list[BatchCreateDataset]
    id: UUID
    name: str
    status: BatchCreateStatus
    task_details: BatchCreateTaskDetails
    total_instruction_count: int
    total_task_count: int
    workspace_id: str
    batch_items: list[BatchItemsPage] | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        created_at = self.created_at.isoformat()

        created_by = self.created_by

        datasets = []
        for datasets_item_data in self.datasets:
            datasets_item = datasets_item_data.to_dict()
            datasets.append(datasets_item)

        id = str(self.id)

        name = self.name

        status = self.status.value

        task_details = self.task_details.to_dict()

        total_instruction_count = self.total_instruction_count

        total_task_count = self.total_task_count

        workspace_id = self.workspace_id

        batch_items: list[dict[str, Any]] | None | Unset
        if isinstance(self.batch_items, Unset):
            batch_items = UNSET
        elif isinstance(self.batch_items, list):
            batch_items = []
            for batch_items_type_0_item_data in self.batch_items:
                batch_items_type_0_item = batch_items_type_0_item_data.to_dict()
                batch_items.append(batch_items_type_0_item)

        else:
            batch_items = self.batch_items

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created_at": created_at,
                "created_by": created_by,
                "datasets": datasets,
                "id": id,
                "name": name,
                "status": status,
                "task_details": task_details,
                "total_instruction_count": total_instruction_count,
                "total_task_count": total_task_count,
                "workspace_id": workspace_id,
            }
        )
        if batch_items is not UNSET:
            field_dict["batch_items"] = batch_items

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.batch_create_dataset import BatchCreateDataset
        from ..models.batch_create_task_details import BatchCreateTaskDetails
        from ..models.batch_items_page import BatchItemsPage

        d = dict(src_dict)
        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        created_by = d.pop("created_by")

        datasets = []
        _datasets = d.pop("datasets")
        for datasets_item_data in _datasets:
            datasets_item = BatchCreateDataset.from_dict(datasets_item_data)

            datasets.append(datasets_item)

        id = UUID(d.pop("id"))

        name = d.pop("name")

        status = BatchCreateStatus(d.pop("status"))

        task_details = BatchCreateTaskDetails.from_dict(d.pop("task_details"))

        total_instruction_count = d.pop("total_instruction_count")

        total_task_count = d.pop("total_task_count")

        workspace_id = d.pop("workspace_id")

        def _parse_batch_items(data: object) -> list[BatchItemsPage] | None | Unset:
            try:
                if not isinstance(data, list):
                    raise TypeError()

                batch_items_type_0 = []
                _batch_items_type_0 = data
                for batch_items_type_0_item_data in _batch_items_type_0:
                    batch_items_type_0_item = BatchItemsPage.from_dict(
                        batch_items_type_0_item_data
                    )

                    batch_items_type_0.append(batch_items_type_0_item)

                return batch_items_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[BatchItemsPage] | None | Unset, data)

        batch_items = _parse_batch_items(d.pop("batch_items", UNSET))

        batch_create = cls(
            created_at=created_at,
            created_by=created_by,
            datasets=datasets,
            id=id,
            name=name,
            status=status,
            task_details=task_details,
            total_instruction_count=total_instruction_count,
            total_task_count=total_task_count,
            workspace_id=workspace_id,
            batch_items=batch_items,
        )

        batch_create.additional_properties = d
        return batch_create

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
