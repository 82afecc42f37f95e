from __future__ import annotations

import datetime
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Self, TypeVar, cast
from uuid import UUID

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.page_item_file_upload import PageItemFileUpload
    from ..models.page_item_free_text import PageItemFreeText
    from ..models.page_item_free_text_with_unit import PageItemFreeTextWithUnit
    from ..models.page_item_image import PageItemImage
    from ..models.page_item_multiple_choice import PageItemMultipleChoice
    from ..models.page_item_multiple_choice_with_free_text import (
        PageItemMultipleChoiceWithFreeText,
    )
    from ..models.page_item_rich_text import PageItemRichText
    from ..models.page_item_star_rating import PageItemStarRating


T = TypeVar("T", bound="CollectionItem")


@_attrs_define
class CollectionItem:
    """
    Attributes:
        created_at (datetime.datetime):
        created_by (str):
        id (UUID):
        page_items (list[Any | PageItemFileUpload | PageItemFreeText | PageItemFreeTextWithUnit | PageItemImage |
            PageItemMultipleChoice | PageItemMultipleChoiceWithFreeText | PageItemRichText | PageItemStarRating]):
        schema_version (Any | int | str):
    """

    created_at: datetime.datetime
    created_by: str
    id: UUID
    page_items: list[
        Any
        | PageItemFileUpload
        | PageItemFreeText
        | PageItemFreeTextWithUnit
        | PageItemImage
        | PageItemMultipleChoice
        | PageItemMultipleChoiceWithFreeText
        | PageItemRichText
        | PageItemStarRating
    ]
    schema_version: Any | int | str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.page_item_file_upload import PageItemFileUpload
        from ..models.page_item_free_text import PageItemFreeText
        from ..models.page_item_free_text_with_unit import PageItemFreeTextWithUnit
        from ..models.page_item_image import PageItemImage
        from ..models.page_item_multiple_choice import PageItemMultipleChoice
        from ..models.page_item_multiple_choice_with_free_text import (
            PageItemMultipleChoiceWithFreeText,
        )
        from ..models.page_item_rich_text import PageItemRichText
        from ..models.page_item_star_rating import PageItemStarRating

        created_at = self.created_at.isoformat()

        created_by = self.created_by

        id = str(self.id)

        page_items = []
        for page_items_item_data in self.page_items:
            page_items_item: Any | dict[str, Any]
            if (
                isinstance(page_items_item_data, PageItemMultipleChoice)
                or isinstance(page_items_item_data, PageItemFreeText)
                or isinstance(page_items_item_data, PageItemFreeTextWithUnit)
                or isinstance(page_items_item_data, PageItemMultipleChoiceWithFreeText)
                or isinstance(page_items_item_data, PageItemFileUpload)
                or isinstance(page_items_item_data, PageItemImage)
                or isinstance(page_items_item_data, PageItemRichText)
                or isinstance(page_items_item_data, PageItemStarRating)
            ):
                page_items_item = page_items_item_data.to_dict()
            else:
                page_items_item = page_items_item_data

            page_items.append(page_items_item)

        schema_version: Any | int | str
        schema_version = self.schema_version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created_at": created_at,
                "created_by": created_by,
                "id": id,
                "page_items": page_items,
                "schema_version": schema_version,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        from ..models.page_item_file_upload import PageItemFileUpload
        from ..models.page_item_free_text import PageItemFreeText
        from ..models.page_item_free_text_with_unit import PageItemFreeTextWithUnit
        from ..models.page_item_image import PageItemImage
        from ..models.page_item_multiple_choice import PageItemMultipleChoice
        from ..models.page_item_multiple_choice_with_free_text import (
            PageItemMultipleChoiceWithFreeText,
        )
        from ..models.page_item_rich_text import PageItemRichText
        from ..models.page_item_star_rating import PageItemStarRating

        d = dict(src_dict)
        created_at = datetime.datetime.fromisoformat(d.pop("created_at"))

        created_by = d.pop("created_by")

        id = UUID(d.pop("id"))

        page_items = []
        _page_items = d.pop("page_items")
        for page_items_item_data in _page_items:

            def _parse_page_items_item(
                data: object,
            ) -> (
                Any
                | PageItemFileUpload
                | PageItemFreeText
                | PageItemFreeTextWithUnit
                | PageItemImage
                | PageItemMultipleChoice
                | PageItemMultipleChoiceWithFreeText
                | PageItemRichText
                | PageItemStarRating
            ):
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    if data.get("type") not in ["multiple_choice"]:
                        raise ValueError()

                    componentsschemas_page_item_type_0 = (
                        PageItemMultipleChoice.from_dict(data)
                    )

                    return componentsschemas_page_item_type_0
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    if data.get("type") not in ["free_text"]:
                        raise ValueError()

                    componentsschemas_page_item_type_1 = PageItemFreeText.from_dict(
                        data
                    )

                    return componentsschemas_page_item_type_1
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    if data.get("type") not in ["free_text_with_unit"]:
                        raise ValueError()

                    componentsschemas_page_item_type_2 = (
                        PageItemFreeTextWithUnit.from_dict(data)
                    )

                    return componentsschemas_page_item_type_2
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    if data.get("type") not in ["multiple_choice_with_free_text"]:
                        raise ValueError()

                    componentsschemas_page_item_type_3 = (
                        PageItemMultipleChoiceWithFreeText.from_dict(data)
                    )

                    return componentsschemas_page_item_type_3
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    if data.get("type") not in ["file_upload"]:
                        raise ValueError()

                    componentsschemas_page_item_type_4 = PageItemFileUpload.from_dict(
                        data
                    )

                    return componentsschemas_page_item_type_4
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    if data.get("type") not in ["image"]:
                        raise ValueError()

                    componentsschemas_page_item_type_5 = PageItemImage.from_dict(data)

                    return componentsschemas_page_item_type_5
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    if data.get("type") not in ["rich_text"]:
                        raise ValueError()

                    componentsschemas_page_item_type_6 = PageItemRichText.from_dict(
                        data
                    )

                    return componentsschemas_page_item_type_6
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                try:
                    if not isinstance(data, dict):
                        raise TypeError()
                    if data.get("type") not in ["star_rating"]:
                        raise ValueError()

                    componentsschemas_page_item_type_7 = PageItemStarRating.from_dict(
                        data
                    )

                    return componentsschemas_page_item_type_7
                except (TypeError, ValueError, AttributeError, KeyError):
                    pass
                return cast(
                    Any
                    | PageItemFileUpload
                    | PageItemFreeText
                    | PageItemFreeTextWithUnit
                    | PageItemImage
                    | PageItemMultipleChoice
                    | PageItemMultipleChoiceWithFreeText
                    | PageItemRichText
                    | PageItemStarRating,
                    data,
                )

            page_items_item = _parse_page_items_item(page_items_item_data)

            page_items.append(page_items_item)

        def _parse_schema_version(data: object) -> Any | int | str:
            return cast(Any | int | str, data)

        schema_version = _parse_schema_version(d.pop("schema_version"))

        collection_item = cls(
            created_at=created_at,
            created_by=created_by,
            id=id,
            page_items=page_items,
            schema_version=schema_version,
        )

        collection_item.additional_properties = d
        return collection_item

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
