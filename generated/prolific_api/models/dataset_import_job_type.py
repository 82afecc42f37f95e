from enum import StrEnum


class DatasetImportJobType(StrEnum):
    FILE_UPLOAD = "file_upload"

    def __str__(self) -> str:
        return str(self.value)
