from enum import StrEnum


class BatchItemsItemFreeTextWithUnitUnitPosition(StrEnum):
    PREFIX = "prefix"
    SUFFIX = "suffix"

    def __str__(self) -> str:
        return str(self.value)
