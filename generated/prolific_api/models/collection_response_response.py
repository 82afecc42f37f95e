from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.collection_response_response_type import CollectionResponseResponseType

if TYPE_CHECKING:
    from ..models.collection_response_response_answer_items import (
        CollectionResponseResponseAnswerItems,
    )


T = TypeVar("T", bound="CollectionResponseResponse")


@_attrs_define
class CollectionResponseResponse:
    """
    Attributes:
        answer (list[CollectionResponseResponseAnswerItems]):
        instruction_id (str):
        type_ (CollectionResponseResponseType):
    """

    answer: list[CollectionResponseResponseAnswerItems]
    instruction_id: str
    type_: CollectionResponseResponseType
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
        from ..models.collection_response_response_answer_items import (
            CollectionResponseResponseAnswerItems,
        )

        d = dict(src_dict)
        answer = []
        _answer = d.pop("answer")
        for answer_item_data in _answer:
            answer_item = CollectionResponseResponseAnswerItems.from_dict(
                answer_item_data
            )

            answer.append(answer_item)

        instruction_id = d.pop("instruction_id")

        type_ = CollectionResponseResponseType(d.pop("type"))

        collection_response_response = cls(
            answer=answer,
            instruction_id=instruction_id,
            type_=type_,
        )

        collection_response_response.additional_properties = d
        return collection_response_response

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
