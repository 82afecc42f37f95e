from enum import StrEnum


class CollectionExportGeneratingStatus(StrEnum):
    GENERATING = "generating"

    def __str__(self) -> str:
        return str(self.value)
