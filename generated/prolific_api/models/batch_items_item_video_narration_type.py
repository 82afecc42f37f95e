from enum import StrEnum


class BatchItemsItemVideoNarrationType(StrEnum):
    VIDEO_NARRATION = "video_narration"

    def __str__(self) -> str:
        return str(self.value)
