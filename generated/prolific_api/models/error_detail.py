from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.field_errors import FieldErrors


T = TypeVar("T", bound="ErrorDetail")


@_attrs_define
class ErrorDetail:
    """
    Attributes:
        detail (Any | FieldErrors | list[str] | str):
        error_code (int):
        status (int):
        title (str):
        additional_information (str | Unset):
        interactive (bool | Unset):
        traceback (str | Unset):
    """

    detail: Any | FieldErrors | list[str] | str
    error_code: int
    status: int
    title: str
    additional_information: str | Unset = UNSET
    interactive: bool | Unset = UNSET
    traceback: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.field_errors import FieldErrors

        detail: Any | dict[str, Any] | list[str] | str
        if isinstance(self.detail, list):
            detail = self.detail

        elif isinstance(self.detail, FieldErrors):
            detail = self.detail.to_dict()
        else:
            detail = self.detail

        error_code = self.error_code

        status = self.status

        title = self.title

        additional_information = self.additional_information

        interactive = self.interactive

        traceback = self.traceback

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "detail": detail,
                "error_code": error_code,
                "status": status,
                "title": title,
            }
        )
        if additional_information is not UNSET:
            field_dict["additional_information"] = additional_information
        if interactive is not UNSET:
            field_dict["interactive"] = interactive
        if traceback is not UNSET:
            field_dict["traceback"] = traceback

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.field_errors import FieldErrors

        d = dict(src_dict)

        def _parse_detail(data: object) -> Any | FieldErrors | list[str] | str:
            try:
                if not isinstance(data, list):
                    raise TypeError()

                componentsschemas_error_detail_detail_type_1 = cast(list[str], data)

                return componentsschemas_error_detail_detail_type_1
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            try:
                if not isinstance(data, dict):
                    raise TypeError()

                componentsschemas_error_detail_detail_type_2 = FieldErrors.from_dict(
                    data
                )

                return componentsschemas_error_detail_detail_type_2
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Any | FieldErrors | list[str] | str, data)

        detail = _parse_detail(d.pop("detail"))

        error_code = d.pop("error_code")

        status = d.pop("status")

        title = d.pop("title")

        additional_information = d.pop("additional_information", UNSET)

        interactive = d.pop("interactive", UNSET)

        traceback = d.pop("traceback", UNSET)

        error_detail = cls(
            detail=detail,
            error_code=error_code,
            status=status,
            title=title,
            additional_information=additional_information,
            interactive=interactive,
            traceback=traceback,
        )

        error_detail.additional_properties = d
        return error_detail

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
