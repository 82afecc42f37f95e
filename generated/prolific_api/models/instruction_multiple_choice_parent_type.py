from enum import StrEnum


class InstructionMultipleChoiceParentType(StrEnum):
    BATCH = "batch"
    COLLECTION = "collection"

    def __str__(self) -> str:
        return str(self.value)
