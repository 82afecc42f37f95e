from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.batch_instructions_post_request_instruction_type import (
    BatchInstructionsPostRequestInstructionType,
)
from ..models.batch_instructions_post_request_instruction_unit_position import (
    BatchInstructionsPostRequestInstructionUnitPosition,
)
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.batch_instructions_post_request_instruction_option import (
        BatchInstructionsPostRequestInstructionOption,
    )
    from ..models.batch_instructions_post_request_instruction_unit_option import (
        BatchInstructionsPostRequestInstructionUnitOption,
    )
    from ..models.validation_rule import ValidationRule


T = TypeVar("T", bound="BatchInstructionsPostRequestInstruction")


@_attrs_define
class BatchInstructionsPostRequestInstruction:
    """
    Attributes:
        description (str):
        type_ (BatchInstructionsPostRequestInstructionType):
        answer_limit (int | Unset):
        default_unit (str | Unset):
        disable_dropdown (bool | Unset):  Default: False.
        helper_text (str | Unset):
        max_stars (int | Unset): For star_rating only; 5 if it is not given.
        options (list[BatchInstructionsPostRequestInstructionOption] | Unset):
        placeholder_text_input (str | Unset):
        unit_options (list[BatchInstructionsPostRequestInstructionUnitOption] | Unset):
        unit_position (BatchInstructionsPostRequestInstructionUnitPosition | Unset):
        validation (ValidationRule | Unset):
    """

    description: str
    type_: BatchInstructionsPostRequestInstructionType
    answer_limit: int | Unset = UNSET
    default_unit: str | Unset = UNSET
    disable_dropdown: bool | Unset = False
    helper_text: str | Unset = UNSET
    max_stars: int | Unset = UNSET
    options: list[BatchInstructionsPostRequestInstructionOption] | Unset = UNSET
    placeholder_text_input: str | Unset = UNSET
    unit_options: list[BatchInstructionsPostRequestInstructionUnitOption] | Unset = (
        UNSET
    )
    unit_position: BatchInstructionsPostRequestInstructionUnitPosition | Unset = UNSET
    validation: ValidationRule | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        description = self.description

        type_ = self.type_.value

        answer_limit = self.answer_limit

        default_unit = self.default_unit

        disable_dropdown = self.disable_dropdown

        helper_text = self.helper_text

        max_stars = self.max_stars

        options: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.options, Unset):
            options = []
            for options_item_data in self.options:
                options_item = options_item_data.to_dict()
                options.append(options_item)

        placeholder_text_input = self.placeholder_text_input

        unit_options: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.unit_options, Unset):
            unit_options = []
            for unit_options_item_data in self.unit_options:
                unit_options_item = unit_options_item_data.to_dict()
                unit_options.append(unit_options_item)

        unit_position: str | Unset = UNSET
        if not isinstance(self.unit_position, Unset):
            unit_position = self.unit_position.value

        validation: dict[str, Any] | Unset = UNSET
        if not isinstance(self.validation, Unset):
            validation = self.validation.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "description": description,
                "type": type_,
            }
        )
        if answer_limit is not UNSET:
            field_dict["answer_limit"] = answer_limit
        if default_unit is not UNSET:
            field_dict["default_unit"] = default_unit
        if disable_dropdown is not UNSET:
            field_dict["disable_dropdown"] = disable_dropdown
        if helper_text is not UNSET:
            field_dict["helper_text"] = helper_text
        if max_stars is not UNSET:
            field_dict["max_stars"] = max_stars
        if options is not UNSET:
            field_dict["options"] = options
        if placeholder_text_input is not UNSET:
            field_dict["placeholder_text_input"] = placeholder_text_input
        if unit_options is not UNSET:
            field_dict["unit_options"] = unit_options
        if unit_position is not UNSET:
            field_dict["unit_position"] = unit_position
        if validation is not UNSET:
            field_dict["validation"] = validation

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.batch_instructions_post_request_instruction_option import (
            BatchInstructionsPostRequestInstructionOption,
        )
        from ..models.batch_instructions_post_request_instruction_unit_option import (
            BatchInstructionsPostRequestInstructionUnitOption,
        )
        from ..models.validation_rule import ValidationRule

        d = dict(src_dict)
        description = d.pop("description")

        type_ = BatchInstructionsPostRequestInstructionType(d.pop("type"))

        answer_limit = d.pop("answer_limit", UNSET)

        default_unit = d.pop("default_unit", UNSET)

        disable_dropdown = d.pop("disable_dropdown", UNSET)

        helper_text = d.pop("helper_text", UNSET)

        max_stars = d.pop("max_stars", UNSET)

        _options = d.pop("options", UNSET)
        options: list[BatchInstructionsPostRequestInstructionOption] | Unset = UNSET
        if _options is not UNSET:
            options = []
            for options_item_data in _options:
                options_item = BatchInstructionsPostRequestInstructionOption.from_dict(
                    options_item_data
                )

                options.append(options_item)

        placeholder_text_input = d.pop("placeholder_text_input", UNSET)

        _unit_options = d.pop("unit_options", UNSET)
        unit_options: (
            list[BatchInstructionsPostRequestInstructionUnitOption] | Unset
        ) = UNSET
        if _unit_options is not UNSET:
            unit_options = []
            for unit_options_item_data in _unit_options:
                unit_options_item = (
                    BatchInstructionsPostRequestInstructionUnitOption.from_dict(
                        unit_options_item_data
                    )
                )

                unit_options.append(unit_options_item)

        _unit_position = d.pop("unit_position", UNSET)
        unit_position: BatchInstructionsPostRequestInstructionUnitPosition | Unset
        if isinstance(_unit_position, Unset):
            unit_position = UNSET
        else:
            unit_position = BatchInstructionsPostRequestInstructionUnitPosition(
                _unit_position
            )

        _validation = d.pop("validation", UNSET)
        validation: ValidationRule | Unset
        if isinstance(_validation, Unset):
            validation = UNSET
        else:
            validation = ValidationRule.from_dict(_validation)

        batch_instructions_post_request_instruction = cls(
            description=description,
            type_=type_,
            answer_limit=answer_limit,
            default_unit=default_unit,
            disable_dropdown=disable_dropdown,
            helper_text=helper_text,
            max_stars=max_stars,
            options=options,
            placeholder_text_input=placeholder_text_input,
            unit_options=unit_options,
            unit_position=unit_position,
            validation=validation,
        )

        batch_instructions_post_request_instruction.additional_properties = d
        return batch_instructions_post_request_instruction

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
