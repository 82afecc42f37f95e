from enum import StrEnum


class ValidationRuleType(StrEnum):
    NUMBER = "number"
    STRING = "string"

    def __str__(self) -> str:
        return str(self.value)
