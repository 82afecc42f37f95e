from enum import StrEnum


class CollectionExportFailedStatus(StrEnum):
    FAILED = "failed"

    def __str__(self) -> str:
        return str(self.value)
