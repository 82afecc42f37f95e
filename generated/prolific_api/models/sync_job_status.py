from enum import StrEnum


class SyncJobStatus(StrEnum):
    COMPLETE = "complete"
    FAILED = "failed"
    PROCESSING = "processing"
    QUEUED = "queued"

    def __str__(self) -> str:
        return str(self.value)
