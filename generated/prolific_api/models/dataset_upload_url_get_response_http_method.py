from enum import StrEnum


class DatasetUploadUrlGetResponseHttpMethod(StrEnum):
    PUT = "PUT"

    def __str__(self) -> str:
        return str(self.value)
