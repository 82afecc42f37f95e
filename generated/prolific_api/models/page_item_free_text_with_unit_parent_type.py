from enum import StrEnum


class PageItemFreeTextWithUnitParentType(StrEnum):
    BATCH = "batch"
    COLLECTION = "collection"

    def __str__(self) -> str:
        return str(self.value)
