from enum import StrEnum


class DatasetImportJobStatus(StrEnum):
    COMPLETE = "complete"
    FAILED = "failed"
    PARTIAL = "partial"
    PENDING_SCHEMA = "pending_schema"
    PROCESSING = "processing"
    QUEUED = "queued"
    UNINITIALISED = "uninitialised"

    def __str__(self) -> str:
        return str(self.value)
