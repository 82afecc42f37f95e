from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="BatchItemsValidationErrorIssue")


@_attrs_define
class BatchItemsValidationErrorIssue:
    """
    Attributes:
        column (int):
        item (int):
        message (str):
        page (int):
        row (int):
        type_ (str):
        field (str | Unset):
    """

    column: int
    item: int
    message: str
    page: int
    row: int
    type_: str
    field: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        column = self.column

        item = self.item

        message = self.message

        page = self.page

        row = self.row

        type_ = self.type_

        field = self.field

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "column": column,
                "item": item,
                "message": message,
                "page": page,
                "row": row,
                "type": type_,
            }
        )
        if field is not UNSET:
            field_dict["field"] = field

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        column = d.pop("column")

        item = d.pop("item")

        message = d.pop("message")

        page = d.pop("page")

        row = d.pop("row")

        type_ = d.pop("type")

        field = d.pop("field", UNSET)

        batch_items_validation_error_issue = cls(
            column=column,
            item=item,
            message=message,
            page=page,
            row=row,
            type_=type_,
            field=field,
        )

        batch_items_validation_error_issue.additional_properties = d
        return batch_items_validation_error_issue

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
