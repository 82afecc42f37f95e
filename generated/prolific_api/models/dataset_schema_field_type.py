from enum import StrEnum


class DatasetSchemaFieldType(StrEnum):
    AUDIO_URL = "audio_url"
    IMAGE_URL = "image_url"
    METADATA = "metadata"
    TASK_GROUP_ID = "task_group_id"
    TEXT = "text"
    VIDEO_URL = "video_url"

    def __str__(self) -> str:
        return str(self.value)
