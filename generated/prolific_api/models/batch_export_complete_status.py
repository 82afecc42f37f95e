from enum import StrEnum


class BatchExportCompleteStatus(StrEnum):
    COMPLETE = "complete"

    def __str__(self) -> str:
        return str(self.value)
