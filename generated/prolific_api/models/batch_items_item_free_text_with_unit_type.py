from enum import StrEnum


class BatchItemsItemFreeTextWithUnitType(StrEnum):
    FREE_TEXT_WITH_UNIT = "free_text_with_unit"

    def __str__(self) -> str:
        return str(self.value)
