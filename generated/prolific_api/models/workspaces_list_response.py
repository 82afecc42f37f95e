from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.workspace_short import WorkspaceShort
    from ..models.workspaces_list_response_meta import WorkspacesListResponseMeta


T = TypeVar("T", bound="WorkspacesListResponse")


@_attrs_define
class WorkspacesListResponse:
    """
    Attributes:
        results (list[WorkspaceShort]):
        meta (WorkspacesListResponseMeta | Unset):
    """

    results: list[WorkspaceShort]
    meta: WorkspacesListResponseMeta | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        results = []
        for results_item_data in self.results:
            results_item = results_item_data.to_dict()
            results.append(results_item)

        meta: dict[str, Any] | Unset = UNSET
        if not isinstance(self.meta, Unset):
            meta = self.meta.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "results": results,
            }
        )
        if meta is not UNSET:
            field_dict["meta"] = meta

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.workspace_short import WorkspaceShort
        from ..models.workspaces_list_response_meta import WorkspacesListResponseMeta

        d = dict(src_dict)
        results = []
        _results = d.pop("results")
        for results_item_data in _results:
            results_item = WorkspaceShort.from_dict(results_item_data)

            results.append(results_item)

        _meta = d.pop("meta", UNSET)
        meta: WorkspacesListResponseMeta | Unset
        if isinstance(_meta, Unset):
            meta = UNSET
        else:
            meta = WorkspacesListResponseMeta.from_dict(_meta)

        workspaces_list_response = cls(
            results=results,
            meta=meta,
        )

        workspaces_list_response.additional_properties = d
        return workspaces_list_response

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
