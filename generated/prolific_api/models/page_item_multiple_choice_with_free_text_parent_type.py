from enum import StrEnum


class PageItemMultipleChoiceWithFreeTextParentType(StrEnum):
    BATCH = "batch"
    COLLECTION = "collection"

    def __str__(self) -> str:
        return str(self.value)
