from enum import StrEnum


class CollectionInstructionInputUnitPosition(StrEnum):
    PREFIX = "prefix"
    SUFFIX = "suffix"

    def __str__(self) -> str:
        return str(self.value)
