from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.dataset_append_error import DatasetAppendError


T = TypeVar("T", bound="DatasetAppendResult")


@_attrs_define
class DatasetAppendResult:
    """
    Attributes:
        accepted (int):
        errors (list[DatasetAppendError]):
        rejected (int):
    """

    accepted: int
    errors: list[DatasetAppendError]
    rejected: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        accepted = self.accepted

        errors = []
        for errors_item_data in self.errors:
            errors_item = errors_item_data.to_dict()
            errors.append(errors_item)

        rejected = self.rejected

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "accepted": accepted,
                "errors": errors,
                "rejected": rejected,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.dataset_append_error import DatasetAppendError

        d = dict(src_dict)
        accepted = d.pop("accepted")

        errors = []
        _errors = d.pop("errors")
        for errors_item_data in _errors:
            errors_item = DatasetAppendError.from_dict(errors_item_data)

            errors.append(errors_item)

        rejected = d.pop("rejected")

        dataset_append_result = cls(
            accepted=accepted,
            errors=errors,
            rejected=rejected,
        )

        dataset_append_result.additional_properties = d
        return dataset_append_result

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
