from enum import StrEnum


class BatchItemsValidationErrorType(StrEnum):
    INVALID_BATCH_ITEMS = "INVALID_BATCH_ITEMS"

    def __str__(self) -> str:
        return str(self.value)
