from enum import StrEnum


class BatchCreateStatus(StrEnum):
    ERROR = "ERROR"
    PROCESSING = "PROCESSING"
    READY = "READY"
    UNINITIALISED = "UNINITIALISED"

    def __str__(self) -> str:
        return str(self.value)
