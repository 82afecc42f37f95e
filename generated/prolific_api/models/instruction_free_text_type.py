from enum import StrEnum


class InstructionFreeTextType(StrEnum):
    FREE_TEXT = "free_text"

    def __str__(self) -> str:
        return str(self.value)
