from enum import StrEnum


class BatchExportGeneratingStatus(StrEnum):
    GENERATING = "generating"

    def __str__(self) -> str:
        return str(self.value)
