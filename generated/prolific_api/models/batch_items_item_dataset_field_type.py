from enum import StrEnum


class BatchItemsItemDatasetFieldType(StrEnum):
    DATASET_FIELD = "dataset_field"

    def __str__(self) -> str:
        return str(self.value)
