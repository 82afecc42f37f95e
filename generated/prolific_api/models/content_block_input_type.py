from enum import StrEnum


class ContentBlockInputType(StrEnum):
    IMAGE = "image"
    RICH_TEXT = "rich_text"

    def __str__(self) -> str:
        return str(self.value)
