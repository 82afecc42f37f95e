from enum import StrEnum


class PageItemFreeTextWithUnitType(StrEnum):
    FREE_TEXT_WITH_UNIT = "free_text_with_unit"

    def __str__(self) -> str:
        return str(self.value)
