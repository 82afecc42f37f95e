from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.collection_item import CollectionItem
    from ..models.task_details import TaskDetails


T = TypeVar("T", bound="Collection")


@_attrs_define
class Collection:
    """
    Attributes:
        collection_items (list[CollectionItem]):
        created_at (datetime.datetime):
        created_by (str):
        id (UUID):
        name (str):
        schema_version (Any | int | str):
        task_details (TaskDetails):
        workspace_id (str):
        last_modified_at (datetime.datetime | Unset):
        last_modified_by (str | Unset):
    """

    collection_items: list[CollectionItem]
    created_at: datetime.datetime
    created_by: str
    id: UUID
    name: str
    schema_version: Any | int | str
    task_details: TaskDetails
    workspace_id: str
    last_modified_at: datetime.datetime | Unset = UNSET
    last_modified_by: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        collection_items = []
        for collection_items_item_data in self.collection_items:
            collection_items_item = collection_items_item_data.to_dict()
            collection_items.append(collection_items_item)

        created_at = self.created_at.isoformat()

        created_by = self.created_by

        id = str(self.id)

        name = self.name

        schema_version: Any | int | str
        schema_version = self.schema_version

        task_details = self.task_details.to_dict()

        workspace_id = self.workspace_id

        last_modified_at: str | Unset = UNSET
        if not isinstance(self.last_modified_at, Unset):
            last_modified_at = self.last_modified_at.isoformat()

        last_modified_by = self.last_modified_by

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "collection_items": collection_items,
                "created_at": created_at,
                "created_by": created_by,
                "id": id,
                "name": name,
                "schema_version": schema_version,
                "task_details": task_details,
                "workspace_id": workspace_id,
            }
        )
        if last_modified_at is not UNSET:
            field_dict["last_modified_at"] = last_modified_at
        if last_modified_by is not UNSET:
            field_dict["last_modified_by"] = last_modified_by

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.collection_item import CollectionItem
        from ..models.task_details import TaskDetails

        d = dict(src_dict)
        collection_items = []
        _collection_items = d.pop("collection_items")
        for collection_items_item_data in _collection_items:
            collection_items_item = CollectionItem.from_dict(collection_items_item_data)

            collection_items.append(collection_items_item)

        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        created_by = d.pop("created_by")

        id = UUID(d.pop("id"))

        name = d.pop("name")

        def _parse_schema_version(data: object) -> Any | int | str:
            return cast(Any | int | str, data)

        schema_version = _parse_schema_version(d.pop("schema_version"))

        task_details = TaskDetails.from_dict(d.pop("task_details"))

        workspace_id = d.pop("workspace_id")

        _last_modified_at = d.pop("last_modified_at", UNSET)
        last_modified_at: datetime.datetime | Unset
        if isinstance(_last_modified_at, Unset):
            last_modified_at = UNSET
        else:
            last_modified_at = datetime.datetime.fromisoformat(_last_modified_at)

        last_modified_by = d.pop("last_modified_by", UNSET)

        collection = cls(
            collection_items=collection_items,
            created_at=created_at,
            created_by=created_by,
            id=id,
            name=name,
            schema_version=schema_version,
            task_details=task_details,
            workspace_id=workspace_id,
            last_modified_at=last_modified_at,
            last_modified_by=last_modified_by,
        )

        collection.additional_properties = d
        return collection

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
