from enum import StrEnum


class BatchItemsItemImageType(StrEnum):
    IMAGE = "image"

    def __str__(self) -> str:
        return str(self.value)
