from enum import StrEnum


class SchemaMigrationJobStatus(StrEnum):
    COMPLETE = "complete"
    FAILED = "failed"
    PARTIAL = "partial"
    PROCESSING = "processing"

    def __str__(self) -> str:
        return str(self.value)
