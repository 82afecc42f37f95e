from enum import StrEnum


class PageItemRichTextType(StrEnum):
    RICH_TEXT = "rich_text"

    def __str__(self) -> str:
        return str(self.value)
