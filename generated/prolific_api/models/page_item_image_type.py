from enum import StrEnum


class PageItemImageType(StrEnum):
    IMAGE = "image"

    def __str__(self) -> str:
        return str(self.value)
