from enum import StrEnum
from typing import Self


class BatchItemsItemFreeTextType(StrEnum):
    FREE_TEXT = "free_text"

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
