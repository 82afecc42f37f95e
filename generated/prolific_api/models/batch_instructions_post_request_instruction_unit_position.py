from enum import StrEnum


class BatchInstructionsPostRequestInstructionUnitPosition(StrEnum):
    PREFIX = "prefix"
    SUFFIX = "suffix"

    def __str__(self) -> str:
        return str(self.value)
