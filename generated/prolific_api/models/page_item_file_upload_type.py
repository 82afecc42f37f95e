from enum import StrEnum


class PageItemFileUploadType(StrEnum):
    FILE_UPLOAD = "file_upload"

    def __str__(self) -> str:
        return str(self.value)
