from enum import StrEnum


class PageItemRichTextParentType(StrEnum):
    BATCH = "batch"
    COLLECTION = "collection"

    def __str__(self) -> str:
        return str(self.value)
