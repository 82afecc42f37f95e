from enum import StrEnum


class InstructionMultipleChoiceWithFreeTextParentType(StrEnum):
    BATCH = "batch"
    COLLECTION = "collection"

    def __str__(self) -> str:
        return str(self.value)
