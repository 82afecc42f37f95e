from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.batch_instructions_get_response_meta import (
        BatchInstructionsGetResponseMeta,
    )
    from ..models.instruction_file_upload import InstructionFileUpload
    from ..models.instruction_free_text import InstructionFreeText
    from ..models.instruction_free_text_with_unit import InstructionFreeTextWithUnit
    from ..models.instruction_multiple_choice import InstructionMultipleChoice
    from ..models.instruction_multiple_choice_with_free_text import (
        InstructionMultipleChoiceWithFreeText,
    )
    from ..models.instruction_star_rating import InstructionStarRating


T = TypeVar("T", bound="BatchInstructionsGetResponse200")


@_attrs_define
class BatchInstructionsGetResponse200:
    """
    Attributes:
        meta (BatchInstructionsGetResponseMeta | Unset):
        results (list[Any | InstructionFileUpload | InstructionFreeText | InstructionFreeTextWithUnit |
            InstructionMultipleChoice | InstructionMultipleChoiceWithFreeText | InstructionStarRating] | Unset):
    """

    meta: BatchInstructionsGetResponseMeta | Unset = UNSET
    results: (
        list[
            Any
            | InstructionFileUpload
            | InstructionFreeText
            | InstructionFreeTextWithUnit
            | InstructionMultipleChoice
            | InstructionMultipleChoiceWithFreeText
            | InstructionStarRating
        ]
        | Unset
    ) = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.instruction_file_upload import InstructionFileUpload
        from ..models.instruction_free_text import InstructionFreeText
        from ..models.instruction_free_text_with_unit import InstructionFreeTextWithUnit
        from ..models.instruction_multiple_choice import InstructionMultipleChoice
        from ..models.instruction_multiple_choice_with_free_text import (
            InstructionMultipleChoiceWithFreeText,
        )
        from ..models.instruction_star_rating import InstructionStarRating

        meta: dict[str, Any] | Unset = UNSET
        if not isinstance(self.meta, Unset):
            meta = self.meta.to_dict()

        results: list[Any | dict[str, Any]] | Unset = UNSET
        if not isinstance(self.results, Unset):
            results = []
            for results_item_data in self.results:
                results_item: Any | dict[str, Any]
                if (
                    isinstance(results_item_data, InstructionMultipleChoice)
                    or isinstance(results_item_data, InstructionFreeText)
                    or isinstance(results_item_data, InstructionFreeTextWithUnit)
                    or isinstance(
                        results_item_data, InstructionMultipleChoiceWithFreeText
                    )
                    or isinstance(results_item_data, InstructionFileUpload)
                    or isinstance(results_item_data, InstructionStarRating)
                ):
                    results_item = results_item_data.to_dict()
                else:
                    results_item = results_item_data

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
        from ..models.batch_instructions_get_response_meta import (
            BatchInstructionsGetResponseMeta,
        )
        from ..models.instruction_file_upload import InstructionFileUpload
        from ..models.instruction_free_text import InstructionFreeText
        from ..models.instruction_free_text_with_unit import InstructionFreeTextWithUnit
        from ..models.instruction_multiple_choice import InstructionMultipleChoice
        from ..models.instruction_multiple_choice_with_free_text import (
            InstructionMultipleChoiceWithFreeText,
        )
        from ..models.instruction_star_rating import InstructionStarRating

        d = dict(src_dict)
        _meta = d.pop("meta", UNSET)
        meta: BatchInstructionsGetResponseMeta | Unset
        if isinstance(_meta, Unset):
            meta = UNSET
        else:
            meta = BatchInstructionsGetResponseMeta.from_dict(_meta)

        _results = d.pop("results", UNSET)
        results: (
            list[
                Any
                | InstructionFileUpload
                | InstructionFreeText
                | InstructionFreeTextWithUnit
                | InstructionMultipleChoice
                | InstructionMultipleChoiceWithFreeText
                | InstructionStarRating
            ]
            | Unset
        ) = UNSET
        if _results is not UNSET:
            results = []
            for results_item_data in _results:

                def _parse_results_item(
                    data: object,
                ) -> (
                    Any
                    | InstructionFileUpload
                    | InstructionFreeText
                    | InstructionFreeTextWithUnit
                    | InstructionMultipleChoice
                    | InstructionMultipleChoiceWithFreeText
                    | InstructionStarRating
                ):
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        if data.get("type") not in ["multiple_choice"]:
                            raise ValueError()

                        componentsschemas_instruction_type_0 = (
                            InstructionMultipleChoice.from_dict(data)
                        )

                        return componentsschemas_instruction_type_0
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        if data.get("type") not in ["free_text"]:
                            raise ValueError()

                        componentsschemas_instruction_type_1 = (
                            InstructionFreeText.from_dict(data)
                        )

                        return componentsschemas_instruction_type_1
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        if data.get("type") not in ["free_text_with_unit"]:
                            raise ValueError()

                        componentsschemas_instruction_type_2 = (
                            InstructionFreeTextWithUnit.from_dict(data)
                        )

                        return componentsschemas_instruction_type_2
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        if data.get("type") not in ["multiple_choice_with_free_text"]:
                            raise ValueError()

                        componentsschemas_instruction_type_3 = (
                            InstructionMultipleChoiceWithFreeText.from_dict(data)
                        )

                        return componentsschemas_instruction_type_3
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        if data.get("type") not in ["file_upload"]:
                            raise ValueError()

                        componentsschemas_instruction_type_4 = (
                            InstructionFileUpload.from_dict(data)
                        )

                        return componentsschemas_instruction_type_4
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    try:
                        if not isinstance(data, dict):
                            raise TypeError()
                        if data.get("type") not in ["star_rating"]:
                            raise ValueError()

                        componentsschemas_instruction_type_5 = (
                            InstructionStarRating.from_dict(data)
                        )

                        return componentsschemas_instruction_type_5
                    except (TypeError, ValueError, AttributeError, KeyError):
                        pass
                    return cast(
                        Any
                        | InstructionFileUpload
                        | InstructionFreeText
                        | InstructionFreeTextWithUnit
                        | InstructionMultipleChoice
                        | InstructionMultipleChoiceWithFreeText
                        | InstructionStarRating,
                        data,
                    )

                results_item = _parse_results_item(results_item_data)

                results.append(results_item)

        batch_instructions_get_response_200 = cls(
            meta=meta,
            results=results,
        )

        batch_instructions_get_response_200.additional_properties = d
        return batch_instructions_get_response_200

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
