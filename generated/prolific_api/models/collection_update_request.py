from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.collection_item_input import CollectionItemInput
    from ..models.task_details import TaskDetails


T = TypeVar("T", bound="CollectionUpdateRequest")


@_attrs_define
class CollectionUpdateRequest:
    """
    Attributes:
        collection_items (list[CollectionItemInput]):
        name (str):
        task_details (TaskDetails):
    """

    collection_items: list[CollectionItemInput]
    name: str
    task_details: TaskDetails
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        collection_items = []
        for collection_items_item_data in self.collection_items:
            collection_items_item = collection_items_item_data.to_dict()
            collection_items.append(collection_items_item)

        name = self.name

        task_details = self.task_details.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "collection_items": collection_items,
                "name": name,
                "task_details": task_details,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.collection_item_input import CollectionItemInput
        from ..models.task_details import TaskDetails

        d = dict(src_dict)
        collection_items = []
        _collection_items = d.pop("collection_items")
        for collection_items_item_data in _collection_items:
            collection_items_item = CollectionItemInput.from_dict(
                collection_items_item_data
            )

            collection_items.append(collection_items_item)

        name = d.pop("name")

        task_details = TaskDetails.from_dict(d.pop("task_details"))

        collection_update_request = cls(
            collection_items=collection_items,
            name=name,
            task_details=task_details,
        )

        collection_update_request.additional_properties = d
        return collection_update_request

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
