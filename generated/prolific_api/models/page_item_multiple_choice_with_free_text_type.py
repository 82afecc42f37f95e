from enum import StrEnum


class PageItemMultipleChoiceWithFreeTextType(StrEnum):
    MULTIPLE_CHOICE_WITH_FREE_TEXT = "multiple_choice_with_free_text"

    def __str__(self) -> str:
        return str(self.value)
