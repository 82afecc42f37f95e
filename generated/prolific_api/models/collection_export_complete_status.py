from enum import StrEnum


class CollectionExportCompleteStatus(StrEnum):
    COMPLETE = "complete"

    def __str__(self) -> str:
        return str(self.value)
