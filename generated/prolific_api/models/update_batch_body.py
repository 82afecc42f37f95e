from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.batch_items_page import BatchItemsPage
    from ..models.batch_patch_request_task_details import BatchPatchRequestTaskDetails


T = TypeVar("T", bound="UpdateBatchBody")


@_attrs_define
class UpdateBatchBody:
    """
    Attributes:
        auto_sync_enabled (bool | Unset):
        batch_items (list[BatchItemsPage] | None | Unset):
        dataset_id (UUID | Unset):
        name (str | Unset):
        task_details (BatchPatchRequestTaskDetails | Unset):
    """

    auto_sync_enabled: bool | Unset = UNSET
    batch_items: list[BatchItemsPage] | None | Unset = UNSET
    dataset_id: UUID | Unset = UNSET
    name: str | Unset = UNSET
    task_details: BatchPatchRequestTaskDetails | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        auto_sync_enabled = self.auto_sync_enabled

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

        name = self.name

        task_details: dict[str, Any] | Unset = UNSET
        if not isinstance(self.task_details, Unset):
            task_details = self.task_details.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if auto_sync_enabled is not UNSET:
            field_dict["auto_sync_enabled"] = auto_sync_enabled
        if batch_items is not UNSET:
            field_dict["batch_items"] = batch_items
        if dataset_id is not UNSET:
            field_dict["dataset_id"] = dataset_id
        if name is not UNSET:
            field_dict["name"] = name
        if task_details is not UNSET:
            field_dict["task_details"] = task_details

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.batch_items_page import BatchItemsPage
        from ..models.batch_patch_request_task_details import (
            BatchPatchRequestTaskDetails,
        )

        d = dict(src_dict)
        auto_sync_enabled = d.pop("auto_sync_enabled", UNSET)

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

        name = d.pop("name", UNSET)

        _task_details = d.pop("task_details", UNSET)
        task_details: BatchPatchRequestTaskDetails | Unset
        if isinstance(_task_details, Unset):
            task_details = UNSET
        else:
            task_details = BatchPatchRequestTaskDetails.from_dict(_task_details)

        update_batch_body = cls(
            auto_sync_enabled=auto_sync_enabled,
            batch_items=batch_items,
            dataset_id=dataset_id,
            name=name,
            task_details=task_details,
        )

        update_batch_body.additional_properties = d
        return update_batch_body

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
