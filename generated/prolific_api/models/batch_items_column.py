from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.batch_items_item_dataset_field import BatchItemsItemDatasetField
    from ..models.batch_items_item_file_upload import BatchItemsItemFileUpload
    from ..models.batch_items_item_free_text import BatchItemsItemFreeText
    from ..models.batch_items_item_free_text_with_unit import (
        BatchItemsItemFreeTextWithUnit,
    )
    from ..models.batch_items_item_image import BatchItemsItemImage
    from ..models.batch_items_item_multiple_choice import BatchItemsItemMultipleChoice
    from ..models.batch_items_item_multiple_choice_with_free_text import (
        BatchItemsItemMultipleChoiceWithFreeText,
    )
    from ..models.batch_items_item_rich_text import BatchItemsItemRichText
    from ..models.batch_items_item_star_rating import BatchItemsItemStarRating
    from ..models.batch_items_item_video_narration import BatchItemsItemVideoNarration


T = TypeVar("T", bound="BatchItemsColumn")


@_attrs_define
class BatchItemsColumn:
    """
    Attributes:
        items (list[Any | BatchItemsItemDatasetField | BatchItemsItemFileUpload | BatchItemsItemFreeText |
            BatchItemsItemFreeTextWithUnit | BatchItemsItemImage | BatchItemsItemMultipleChoice |
            BatchItemsItemMultipleChoiceWithFreeText | BatchItemsItemRichText | BatchItemsItemStarRating |
            BatchItemsItemVideoNarration]):
        id (str | Unset):
    """

    items: list[
        Any
        | BatchItemsItemDatasetField
        | BatchItemsItemFileUpload
        | BatchItemsItemFreeText
        | BatchItemsItemFreeTextWithUnit
        | BatchItemsItemImage
        | BatchItemsItemMultipleChoice
        | BatchItemsItemMultipleChoiceWithFreeText
        | BatchItemsItemRichText
        | BatchItemsItemStarRating
        | BatchItemsItemVideoNarration
    ]
    id: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.batch_items_item_dataset_field import BatchItemsItemDatasetField
        from ..models.batch_items_item_file_upload import BatchItemsItemFileUpload
        from ..models.batch_items_item_free_text import BatchItemsItemFreeText
        from ..models.batch_items_item_free_text_with_unit import (
            BatchItemsItemFreeTextWithUnit,
        )
        from ..models.batch_items_item_image import BatchItemsItemImage
        from ..models.batch_items_item_multiple_choice import (
            BatchItemsItemMultipleChoice,
        )
        from ..models.batch_items_item_multiple_choice_with_free_text import (
            BatchItemsItemMultipleChoiceWithFreeText,
        )
        from ..models.batch_items_item_rich_text import BatchItemsItemRichText
        from ..models.batch_items_item_star_rating import BatchItemsItemStarRating
        from ..models.batch_items_item_video_narration import (
            BatchItemsItemVideoNarration,
        )

        items = []
        for items_item_data in self.items:
            items_item: Any | dict[str, Any]
            if (
                isinstance(items_item_data, BatchItemsItemDatasetField)
                or isinstance(items_item_data, BatchItemsItemImage)
                or isinstance(items_item_data, BatchItemsItemRichText)
                or isinstance(items_item_data, BatchItemsItemFreeText)
                or isinstance(items_item_data, BatchItemsItemFreeTextWithUnit)
                or isinstance(items_item_data, BatchItemsItemMultipleChoice)
                or isinstance(items_item_data, BatchItemsItemMultipleChoiceWithFreeText)
                or isinstance(items_item_data, BatchItemsItemFileUpload)
                or isinstance(items_item_data, BatchItemsItemVideoNarration)
                or isinstance(items_item_data, BatchItemsItemStarRating)
            ):
                items_item = items_item_data.to_dict()
            else:
                items_item = items_item_data

            items.append(items_item)

        id = self.id

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "items": items,
            }
        )
        if id is not UNSET:
            field_dict["id"] = id

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.batch_items_item_dataset_field import BatchItemsItemDatasetField
        from ..models.batch_items_item_file_upload import BatchItemsItemFileUpload
        from ..models.batch_items_item_free_text import BatchItemsItemFreeText
        from ..models.batch_items_item_free_text_with_unit import (
            BatchItemsItemFreeTextWithUnit,
        )
        from ..models.batch_items_item_image import BatchItemsItemImage
        from ..models.batch_items_item_multiple_choice import (
            BatchItemsItemMultipleChoice,
        )
        from ..models.batch_items_item_multiple_choice_with_free_text import (
            BatchItemsItemMultipleChoiceWithFreeText,
        )
        from ..models.batch_items_item_rich_text import BatchItemsItemRichText
        from ..models.batch_items_item_star_rating import BatchItemsItemStarRating
        from ..models.batch_items_item_video_narration import (
            BatchItemsItemVideoNarration,
        )

        d = dict(src_dict)
        items = []
        _items = d.pop("items")
        for items_item_data in _items:

            def _parse_items_item(
                data: object,
            ) -> (
                Any
                | BatchItemsItemDatasetField
                | BatchItemsItemFileUpload
                | BatchItemsItemFreeText
                | BatchItemsItemFreeTextWithUnit
                | BatchItemsItemImage
                | BatchItemsItemMultipleChoice
                | BatchItemsItemMultipleChoiceWithFreeText
                | BatchItemsItemRichText
                | BatchItemsItemStarRating
                | BatchItemsItemVideoNarration
            ):
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    if data.get("type") not in ["dataset_field"]:
                        raise ValueError()

                    componentsschemas_batch_items_item_type_0 = (
                        BatchItemsItemDatasetField.from_dict(data)
                    )

                    return componentsschemas_batch_items_item_type_0
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    if data.get("type") not in ["image"]:
                        raise ValueError()

                    componentsschemas_batch_items_item_type_1 = (
                        BatchItemsItemImage.from_dict(data)
                    )

                    return componentsschemas_batch_items_item_type_1
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    if data.get("type") not in ["rich_text"]:
                        raise ValueError()

                    componentsschemas_batch_items_item_type_2 = (
                        BatchItemsItemRichText.from_dict(data)
                    )

                    return componentsschemas_batch_items_item_type_2
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    if data.get("type") not in ["free_text"]:
                        raise ValueError()

                    componentsschemas_batch_items_item_type_3 = (
                        BatchItemsItemFreeText.from_dict(data)
                    )

                    return componentsschemas_batch_items_item_type_3
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    if data.get("type") not in ["free_text_with_unit"]:
                        raise ValueError()

                    componentsschemas_batch_items_item_type_4 = (
                        BatchItemsItemFreeTextWithUnit.from_dict(data)
                    )

                    return componentsschemas_batch_items_item_type_4
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    if data.get("type") not in ["multiple_choice"]:
                        raise ValueError()

                    componentsschemas_batch_items_item_type_5 = (
                        BatchItemsItemMultipleChoice.from_dict(data)
                    )

                    return componentsschemas_batch_items_item_type_5
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    if data.get("type") not in ["multiple_choice_with_free_text"]:
                        raise ValueError()

                    componentsschemas_batch_items_item_type_6 = (
                        BatchItemsItemMultipleChoiceWithFreeText.from_dict(data)
                    )

                    return componentsschemas_batch_items_item_type_6
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    if data.get("type") not in ["file_upload"]:
                        raise ValueError()

                    componentsschemas_batch_items_item_type_7 = (
                        BatchItemsItemFileUpload.from_dict(data)
                    )

                    return componentsschemas_batch_items_item_type_7
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    if data.get("type") not in ["video_narration"]:
                        raise ValueError()

                    componentsschemas_batch_items_item_type_8 = (
                        BatchItemsItemVideoNarration.from_dict(data)
                    )

                    return componentsschemas_batch_items_item_type_8
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    if data.get("type") not in ["star_rating"]:
                        raise ValueError()

                    componentsschemas_batch_items_item_type_9 = (
                        BatchItemsItemStarRating.from_dict(data)
                    )

                    return componentsschemas_batch_items_item_type_9
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                return cast(
                    Any
                    | BatchItemsItemDatasetField
                    | BatchItemsItemFileUpload
                    | BatchItemsItemFreeText
                    | BatchItemsItemFreeTextWithUnit
                    | BatchItemsItemImage
                    | BatchItemsItemMultipleChoice
                    | BatchItemsItemMultipleChoiceWithFreeText
                    | BatchItemsItemRichText
                    | BatchItemsItemStarRating
                    | BatchItemsItemVideoNarration,
                    data,
                )

            items_item = _parse_items_item(items_item_data)

            items.append(items_item)

        id = d.pop("id", UNSET)

        batch_items_column = cls(
            items=items,
            id=id,
        )

        batch_items_column.additional_properties = d
        return batch_items_column

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
