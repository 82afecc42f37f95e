from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.batch_items_validation_error_type import BatchItemsValidationErrorType

if TYPE_CHECKING:
    from ..models.batch_items_validation_error_issue import (
        BatchItemsValidationErrorIssue,
    )


T = TypeVar("T", bound="BatchItemsValidationError")


@_attrs_define
class BatchItemsValidationError:
    """
    Attributes:
        issues (list[BatchItemsValidationErrorIssue]):
        message (str):
        type_ (BatchItemsValidationErrorType):
    """

    issues: list[BatchItemsValidationErrorIssue]
    message: str
    type_: BatchItemsValidationErrorType
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        issues = []
        for issues_item_data in self.issues:
            issues_item = issues_item_data.to_dict()
            issues.append(issues_item)

        message = self.message

        type_ = self.type_.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "issues": issues,
                "message": message,
                "type": type_,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.batch_items_validation_error_issue import (
            BatchItemsValidationErrorIssue,
        )

        d = dict(src_dict)
        issues = []
        _issues = d.pop("issues")
        for issues_item_data in _issues:
            issues_item = BatchItemsValidationErrorIssue.from_dict(issues_item_data)

            issues.append(issues_item)

        message = d.pop("message")

        type_ = BatchItemsValidationErrorType(d.pop("type"))

        batch_items_validation_error = cls(
            issues=issues,
            message=message,
            type_=type_,
        )

        batch_items_validation_error.additional_properties = d
        return batch_items_validation_error

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
