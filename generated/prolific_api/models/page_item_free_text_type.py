from enum import StrEnum


class PageItemFreeTextType(StrEnum):
    FREE_TEXT = "free_text"

    def __str__(self) -> str:
        return str(self.value)
