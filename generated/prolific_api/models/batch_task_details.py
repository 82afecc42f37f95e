from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="BatchTaskDetails")


@_attrs_define
class BatchTaskDetails:
    """
    Attributes:
        task_introduction (str):
        task_name (str):
        task_steps (str):
    """

    task_introduction: str
    task_name: str
    task_steps: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        task_introduction = self.task_introduction

        task_name = self.task_name

        task_steps = self.task_steps

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "task_introduction": task_introduction,
                "task_name": task_name,
                "task_steps": task_steps,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        d = dict(src_dict)
        task_introduction = d.pop("task_introduction")

        task_name = d.pop("task_name")

        task_steps = d.pop("task_steps")

        batch_task_details = cls(
            task_introduction=task_introduction,
            task_name=task_name,
            task_steps=task_steps,
        )

        batch_task_details.additional_properties = d
        return batch_task_details

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
