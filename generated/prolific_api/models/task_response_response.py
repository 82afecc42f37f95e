from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.task_response_response_type import TaskResponseResponseType

if TYPE_CHECKING:
    from ..models.task_response_response_answer_items import (
        TaskResponseResponseAnswerItems,
    )


T = TypeVar("T", bound="TaskResponseResponse")


@_attrs_define
class TaskResponseResponse:
    """
    Attributes:
        answer (list[TaskResponseResponseAnswerItems]):
        instruction_id (str):
        type_ (TaskResponseResponseType):
    """

    answer: list[TaskResponseResponseAnswerItems]
    instruction_id: str
    type_: TaskResponseResponseType
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        answer = []
        for answer_item_data in self.answer:
            answer_item = answer_item_data.to_dict()
            answer.append(answer_item)

        instruction_id = self.instruction_id

        type_ = self.type_.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "answer": answer,
                "instruction_id": instruction_id,
                "type": type_,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.task_response_response_answer_items import (
            TaskResponseResponseAnswerItems,
        )

        d = dict(src_dict)
        answer = []
        _answer = d.pop("answer")
        for answer_item_data in _answer:
            answer_item = TaskResponseResponseAnswerItems.from_dict(answer_item_data)

            answer.append(answer_item)

        instruction_id = d.pop("instruction_id")

        type_ = TaskResponseResponseType(d.pop("type"))

        task_response_response = cls(
            answer=answer,
            instruction_id=instruction_id,
            type_=type_,
        )

        task_response_response.additional_properties = d
        return task_response_response

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
