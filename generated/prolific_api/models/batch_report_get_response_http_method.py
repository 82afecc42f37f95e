from enum import StrEnum


class BatchReportGetResponseHttpMethod(StrEnum):
    GET = "GET"

    def __str__(self) -> str:
        return str(self.value)
