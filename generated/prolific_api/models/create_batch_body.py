from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.batch_items_page import BatchItemsPage
    from ..models.batches_post_request_task_details import BatchesPostRequestTaskDetails


T = TypeVar("T", bound="CreateBatchBody")


@_attrs_define
class CreateBatchBody:
    """
    Attributes:
        name (str):
        task_details (BatchesPostRequestTaskDetails):
        workspace_id (str):
        batch_items (list[BatchItemsPage] | None | Unset):
        dataset_id (UUID | Unset):
    """

    name: str
    task_details: BatchesPostRequestTaskDetails
    workspace_id: str
    batch_items: list[BatchItemsPage] | None | Unset = UNSET
    dataset_id: UUID | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        task_details = self.task_details.to_dict()

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

        dataset_id: str | Unset = UNSET
        if not isinstance(self.dataset_id, Unset):
            dataset_id = str(self.dataset_id)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "task_details": task_details,
                "workspace_id": workspace_id,
            }
        )
        if batch_items is not UNSET:
            field_dict["batch_items"] = batch_items
        if dataset_id is not UNSET:
            field_dict["dataset_id"] = dataset_id

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.batch_items_page import BatchItemsPage
        from ..models.batches_post_request_task_details import (
            BatchesPostRequestTaskDetails,
        )

        d = dict(src_dict)
        name = d.pop("name")

        task_details = BatchesPostRequestTaskDetails.from_dict(d.pop("task_details"))

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

        _dataset_id = d.pop("dataset_id", UNSET)
        dataset_id: UUID | Unset
        if isinstance(_dataset_id, Unset):
            dataset_id = UNSET
        else:
            dataset_id = UUID(_dataset_id)

        create_batch_body = cls(
            name=name,
            task_details=task_details,
            workspace_id=workspace_id,
            batch_items=batch_items,
            dataset_id=dataset_id,
        )

        create_batch_body.additional_properties = d
        return create_batch_body

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
