from enum import StrEnum
from typing import Self


class CollectionResponseResponseType(StrEnum):
    FILE_UPLOAD = "file_upload"
    FREE_TEXT = "free_text"
    FREE_TEXT_WITH_UNIT = "free_text_with_unit"
    MULTIPLE_CHOICE = "multiple_choice"
    MULTIPLE_CHOICE_WITH_FREE_TEXT = "multiple_choice_with_free_text"
    STAR_RATING = "star_rating"

    @classmethod
    def _missing_(cls, value: object) -> Self | None:
        """A value that the contract does not have: kept as it is, under the name UNKNOWN."""
        if not isinstance(value, str):
            return None
        unknown = str.__new__(cls, value)
        unknown._name_ = "UNKNOWN"
        unknown._value_ = value
        return unknown

    def __str__(self) -> str:
        return str(self.value)
