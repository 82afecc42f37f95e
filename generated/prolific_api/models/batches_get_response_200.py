from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.batch import Batch
    from ..models.batches_get_response_meta import BatchesGetResponseMeta


T = TypeVar("T", bound="BatchesGetResponse200")


@_attrs_define
class BatchesGetResponse200:
    """
    Attributes:
        meta (BatchesGetResponseMeta | Unset):
        results (list[Batch] | Unset):
    """

    meta: BatchesGetResponseMeta | Unset = UNSET
    results: list[Batch] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        meta: dict[str, Any] | Unset = UNSET
        if not isinstance(self.meta, Unset):
            meta = self.meta.to_dict()

        results: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.results, Unset):
            results = []
            for results_item_data in self.results:
                results_item = results_item_data.to_dict()
                results.append(results_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if meta is not UNSET:
            field_dict["meta"] = meta
        if results is not UNSET:
            field_dict["results"] = results

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.batch import Batch
        from ..models.batches_get_response_meta import BatchesGetResponseMeta

        d = dict(src_dict)
        _meta = d.pop("meta", UNSET)
        meta: BatchesGetResponseMeta | Unset
        if isinstance(_meta, Unset):
            meta = UNSET
        else:
            meta = BatchesGetResponseMeta.from_dict(_meta)

        _results = d.pop("results", UNSET)
        results: list[Batch] | Unset = UNSET
        if _results is not UNSET:
            results = []
            for results_item_data in _results:
                results_item = Batch.from_dict(results_item_data)

                results.append(results_item)

        batches_get_response_200 = cls(
            meta=meta,
            results=results,
        )

        batches_get_response_200.additional_properties = d
        return batches_get_response_200

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
