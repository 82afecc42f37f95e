from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="ImportJobError")


@_attrs_define
class ImportJobError:
    """
    Attributes:
        field (None | str | Unset):
        reason (None | str | Unset):
        record_index (int | None | Unset):
    """

    field: None | str | Unset = UNSET
    reason: None | str | Unset = UNSET
    record_index: int | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        field: None | str | Unset
        if isinstance(self.field, Unset):
            field = UNSET
        else:
            field = self.field

        reason: None | str | Unset
        if isinstance(self.reason, Unset):
            reason = UNSET
        else:
            reason = self.reason

        record_index: int | None | Unset
        if isinstance(self.record_index, Unset):
            record_index = UNSET
        else:
            record_index = self.record_index

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update({})
        if field is not UNSET:
            field_dict["field"] = field
        if reason is not UNSET:
            field_dict["reason"] = reason
        if record_index is not UNSET:
            field_dict["record_index"] = record_index

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)

        def _parse_field(data: object) -> None | str | Unset:
            return cast(None | str | Unset, data)

        field = _parse_field(d.pop("field", UNSET))

        def _parse_reason(data: object) -> None | str | Unset:
            return cast(None | str | Unset, data)

        reason = _parse_reason(d.pop("reason", UNSET))

        def _parse_record_index(data: object) -> int | None | Unset:
            return cast(int | None | Unset, data)

        record_index = _parse_record_index(d.pop("record_index", UNSET))

        import_job_error = cls(
            field=field,
            reason=reason,
            record_index=record_index,
        )

        import_job_error.additional_properties = d
        return import_job_error

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
