from enum import StrEnum


class TaskResponseResponseType(StrEnum):
    FILE_UPLOAD = "file_upload"
    FREE_TEXT = "free_text"
    FREE_TEXT_WITH_UNIT = "free_text_with_unit"
    MULTIPLE_CHOICE = "multiple_choice"
    MULTIPLE_CHOICE_WITH_FREE_TEXT = "multiple_choice_with_free_text"
    VIDEO_NARRATION = "video_narration"

    def __str__(self) -> str:
        return str(self.value)
