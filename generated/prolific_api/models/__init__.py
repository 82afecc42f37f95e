"""Contains all the data models used in inputs/outputs"""

from .batch import Batch
from .batch_create import BatchCreate
from .batch_create_dataset import BatchCreateDataset
from .batch_create_status import BatchCreateStatus
from .batch_create_task_details import BatchCreateTaskDetails
from .batch_dataset import BatchDataset
from .batch_export_complete import BatchExportComplete
from .batch_export_complete_status import BatchExportCompleteStatus
from .batch_export_failed import BatchExportFailed
from .batch_export_failed_status import BatchExportFailedStatus
from .batch_export_generating import BatchExportGenerating
from .batch_export_generating_status import BatchExportGeneratingStatus
from .batch_instructions_get_response_200 import BatchInstructionsGetResponse200
from .batch_instructions_get_response_meta import BatchInstructionsGetResponseMeta
from .batch_instructions_post_request_instruction import (
    BatchInstructionsPostRequestInstruction,
)
from .batch_instructions_post_request_instruction_option import (
    BatchInstructionsPostRequestInstructionOption,
)
from .batch_instructions_post_request_instruction_type import (
    BatchInstructionsPostRequestInstructionType,
)
from .batch_instructions_post_request_instruction_unit_option import (
    BatchInstructionsPostRequestInstructionUnitOption,
)
from .batch_instructions_post_request_instruction_unit_position import (
    BatchInstructionsPostRequestInstructionUnitPosition,
)
from .batch_instructions_put_request_instruction import (
    BatchInstructionsPutRequestInstruction,
)
from .batch_instructions_put_request_instruction_option import (
    BatchInstructionsPutRequestInstructionOption,
)
from .batch_instructions_put_request_instruction_type import (
    BatchInstructionsPutRequestInstructionType,
)
from .batch_instructions_put_request_instruction_unit_option import (
    BatchInstructionsPutRequestInstructionUnitOption,
)
from .batch_instructions_put_request_instruction_unit_position import (
    BatchInstructionsPutRequestInstructionUnitPosition,
)
from .batch_items_column import BatchItemsColumn
from .batch_items_item_dataset_field import BatchItemsItemDatasetField
from .batch_items_item_dataset_field_type import BatchItemsItemDatasetFieldType
from .batch_items_item_file_upload import BatchItemsItemFileUpload
from .batch_items_item_file_upload_type import BatchItemsItemFileUploadType
from .batch_items_item_free_text import BatchItemsItemFreeText
from .batch_items_item_free_text_type import BatchItemsItemFreeTextType
from .batch_items_item_free_text_with_unit import BatchItemsItemFreeTextWithUnit
from .batch_items_item_free_text_with_unit_type import (
    BatchItemsItemFreeTextWithUnitType,
)
from .batch_items_item_free_text_with_unit_unit_option import (
    BatchItemsItemFreeTextWithUnitUnitOption,
)
from .batch_items_item_free_text_with_unit_unit_position import (
    BatchItemsItemFreeTextWithUnitUnitPosition,
)
from .batch_items_item_image import BatchItemsItemImage
from .batch_items_item_image_type import BatchItemsItemImageType
from .batch_items_item_multiple_choice import BatchItemsItemMultipleChoice
from .batch_items_item_multiple_choice_option import BatchItemsItemMultipleChoiceOption
from .batch_items_item_multiple_choice_type import BatchItemsItemMultipleChoiceType
from .batch_items_item_multiple_choice_with_free_text import (
    BatchItemsItemMultipleChoiceWithFreeText,
)
from .batch_items_item_multiple_choice_with_free_text_option import (
    BatchItemsItemMultipleChoiceWithFreeTextOption,
)
from .batch_items_item_multiple_choice_with_free_text_type import (
    BatchItemsItemMultipleChoiceWithFreeTextType,
)
from .batch_items_item_rich_text import BatchItemsItemRichText
from .batch_items_item_rich_text_content_format import (
    BatchItemsItemRichTextContentFormat,
)
from .batch_items_item_rich_text_type import BatchItemsItemRichTextType
from .batch_items_item_star_rating import BatchItemsItemStarRating
from .batch_items_item_star_rating_type import BatchItemsItemStarRatingType
from .batch_items_item_video_narration import BatchItemsItemVideoNarration
from .batch_items_item_video_narration_type import BatchItemsItemVideoNarrationType
from .batch_items_page import BatchItemsPage
from .batch_items_row import BatchItemsRow
from .batch_items_validation_error import BatchItemsValidationError
from .batch_items_validation_error_issue import BatchItemsValidationErrorIssue
from .batch_items_validation_error_type import BatchItemsValidationErrorType
from .batch_patch_request_task_details import BatchPatchRequestTaskDetails
from .batch_report_get_response_200 import BatchReportGetResponse200
from .batch_report_get_response_http_method import BatchReportGetResponseHttpMethod
from .batch_responses_get_response_200 import BatchResponsesGetResponse200
from .batch_responses_get_response_meta import BatchResponsesGetResponseMeta
from .batch_setup_post_response_202 import BatchSetupPostResponse202
from .batch_status import BatchStatus
from .batch_status_get_response_200 import BatchStatusGetResponse200
from .batch_status_get_response_status import BatchStatusGetResponseStatus
from .batch_task_details import BatchTaskDetails
from .batches_get_response_200 import BatchesGetResponse200
from .batches_get_response_meta import BatchesGetResponseMeta
from .batches_post_request_task_details import BatchesPostRequestTaskDetails
from .collection import Collection
from .collection_create_request import CollectionCreateRequest
from .collection_export_complete import CollectionExportComplete
from .collection_export_complete_status import CollectionExportCompleteStatus
from .collection_export_failed import CollectionExportFailed
from .collection_export_failed_status import CollectionExportFailedStatus
from .collection_export_generating import CollectionExportGenerating
from .collection_export_generating_status import CollectionExportGeneratingStatus
from .collection_instruction_input import CollectionInstructionInput
from .collection_instruction_input_option import CollectionInstructionInputOption
from .collection_instruction_input_type import CollectionInstructionInputType
from .collection_instruction_input_unit_option import (
    CollectionInstructionInputUnitOption,
)
from .collection_instruction_input_unit_position import (
    CollectionInstructionInputUnitPosition,
)
from .collection_item import CollectionItem
from .collection_item_input import CollectionItemInput
from .collection_response import CollectionResponse
from .collection_response_response import CollectionResponseResponse
from .collection_response_response_answer_items import (
    CollectionResponseResponseAnswerItems,
)
from .collection_response_response_type import CollectionResponseResponseType
from .collection_responses_get_response_200 import CollectionResponsesGetResponse200
from .collection_responses_get_response_meta import CollectionResponsesGetResponseMeta
from .collection_update_request import CollectionUpdateRequest
from .collections_get_response_200 import CollectionsGetResponse200
from .collections_get_response_meta import CollectionsGetResponseMeta
from .content_block_input import ContentBlockInput
from .content_block_input_content_format import ContentBlockInputContentFormat
from .content_block_input_type import ContentBlockInputType
from .create_batch_body import CreateBatchBody
from .create_dataset_body import CreateDatasetBody
from .create_instructions_body import CreateInstructionsBody
from .dataset import Dataset
from .dataset_append_error import DatasetAppendError
from .dataset_append_result import DatasetAppendResult
from .dataset_import_job import DatasetImportJob
from .dataset_import_job_status import DatasetImportJobStatus
from .dataset_import_job_type import DatasetImportJobType
from .dataset_patch_response_200 import DatasetPatchResponse200
from .dataset_patch_response_status import DatasetPatchResponseStatus
from .dataset_schema import DatasetSchema
from .dataset_schema_field import DatasetSchemaField
from .dataset_schema_field_type import DatasetSchemaFieldType
from .dataset_schema_fields import DatasetSchemaFields
from .dataset_status import DatasetStatus
from .dataset_status_get_response_200 import DatasetStatusGetResponse200
from .dataset_status_get_response_status import DatasetStatusGetResponseStatus
from .dataset_upload_url_get_response_201 import DatasetUploadUrlGetResponse201
from .dataset_upload_url_get_response_http_method import (
    DatasetUploadUrlGetResponseHttpMethod,
)
from .duplicate_batch_body import DuplicateBatchBody
from .error_detail import ErrorDetail
from .error_envelope import ErrorEnvelope
from .export_filter import ExportFilter
from .export_job import ExportJob
from .field_errors import FieldErrors
from .import_job_error import ImportJobError
from .instruction_file_upload import InstructionFileUpload
from .instruction_file_upload_parent_type import InstructionFileUploadParentType
from .instruction_file_upload_type import InstructionFileUploadType
from .instruction_free_text import InstructionFreeText
from .instruction_free_text_parent_type import InstructionFreeTextParentType
from .instruction_free_text_type import InstructionFreeTextType
from .instruction_free_text_with_unit import InstructionFreeTextWithUnit
from .instruction_free_text_with_unit_parent_type import (
    InstructionFreeTextWithUnitParentType,
)
from .instruction_free_text_with_unit_type import InstructionFreeTextWithUnitType
from .instruction_free_text_with_unit_unit_option import (
    InstructionFreeTextWithUnitUnitOption,
)
from .instruction_free_text_with_unit_unit_position import (
    InstructionFreeTextWithUnitUnitPosition,
)
from .instruction_multiple_choice import InstructionMultipleChoice
from .instruction_multiple_choice_option import InstructionMultipleChoiceOption
from .instruction_multiple_choice_parent_type import InstructionMultipleChoiceParentType
from .instruction_multiple_choice_type import InstructionMultipleChoiceType
from .instruction_multiple_choice_with_free_text import (
    InstructionMultipleChoiceWithFreeText,
)
from .instruction_multiple_choice_with_free_text_option import (
    InstructionMultipleChoiceWithFreeTextOption,
)
from .instruction_multiple_choice_with_free_text_parent_type import (
    InstructionMultipleChoiceWithFreeTextParentType,
)
from .instruction_multiple_choice_with_free_text_type import (
    InstructionMultipleChoiceWithFreeTextType,
)
from .instruction_star_rating import InstructionStarRating
from .instruction_star_rating_type import InstructionStarRatingType
from .page_item_file_upload import PageItemFileUpload
from .page_item_file_upload_parent_type import PageItemFileUploadParentType
from .page_item_file_upload_type import PageItemFileUploadType
from .page_item_free_text import PageItemFreeText
from .page_item_free_text_parent_type import PageItemFreeTextParentType
from .page_item_free_text_type import PageItemFreeTextType
from .page_item_free_text_with_unit import PageItemFreeTextWithUnit
from .page_item_free_text_with_unit_parent_type import (
    PageItemFreeTextWithUnitParentType,
)
from .page_item_free_text_with_unit_type import PageItemFreeTextWithUnitType
from .page_item_free_text_with_unit_unit_option import (
    PageItemFreeTextWithUnitUnitOption,
)
from .page_item_free_text_with_unit_unit_position import (
    PageItemFreeTextWithUnitUnitPosition,
)
from .page_item_image import PageItemImage
from .page_item_image_parent_type import PageItemImageParentType
from .page_item_image_type import PageItemImageType
from .page_item_multiple_choice import PageItemMultipleChoice
from .page_item_multiple_choice_option import PageItemMultipleChoiceOption
from .page_item_multiple_choice_parent_type import PageItemMultipleChoiceParentType
from .page_item_multiple_choice_type import PageItemMultipleChoiceType
from .page_item_multiple_choice_with_free_text import PageItemMultipleChoiceWithFreeText
from .page_item_multiple_choice_with_free_text_option import (
    PageItemMultipleChoiceWithFreeTextOption,
)
from .page_item_multiple_choice_with_free_text_parent_type import (
    PageItemMultipleChoiceWithFreeTextParentType,
)
from .page_item_multiple_choice_with_free_text_type import (
    PageItemMultipleChoiceWithFreeTextType,
)
from .page_item_rich_text import PageItemRichText
from .page_item_rich_text_parent_type import PageItemRichTextParentType
from .page_item_rich_text_type import PageItemRichTextType
from .page_item_star_rating import PageItemStarRating
from .page_item_star_rating_type import PageItemStarRatingType
from .replace_instructions_body import ReplaceInstructionsBody
from .schema_migration_error import SchemaMigrationError
from .schema_migration_job import SchemaMigrationJob
from .schema_migration_job_status import SchemaMigrationJobStatus
from .set_up_batch_body import SetUpBatchBody
from .sync_job import SyncJob
from .sync_job_status import SyncJobStatus
from .task_details import TaskDetails
from .task_response import TaskResponse
from .task_response_metadata import TaskResponseMetadata
from .task_response_response import TaskResponseResponse
from .task_response_response_answer_items import TaskResponseResponseAnswerItems
from .task_response_response_type import TaskResponseResponseType
from .update_batch_body import UpdateBatchBody
from .update_dataset_schema_body import UpdateDatasetSchemaBody
from .validation_rule import ValidationRule
from .validation_rule_type import ValidationRuleType
from .workspace_short import WorkspaceShort
from .workspace_user import WorkspaceUser
from .workspaces_list_response import WorkspacesListResponse
from .workspaces_list_response_meta import WorkspacesListResponseMeta

__all__ = (
    "Batch",
    "BatchCreate",
    "BatchCreateDataset",
    "BatchCreateStatus",
    "BatchCreateTaskDetails",
    "BatchDataset",
    "BatchExportComplete",
    "BatchExportCompleteStatus",
    "BatchExportFailed",
    "BatchExportFailedStatus",
    "BatchExportGenerating",
    "BatchExportGeneratingStatus",
    "BatchInstructionsGetResponse200",
    "BatchInstructionsGetResponseMeta",
    "BatchInstructionsPostRequestInstruction",
    "BatchInstructionsPostRequestInstructionOption",
    "BatchInstructionsPostRequestInstructionType",
    "BatchInstructionsPostRequestInstructionUnitOption",
    "BatchInstructionsPostRequestInstructionUnitPosition",
    "BatchInstructionsPutRequestInstruction",
    "BatchInstructionsPutRequestInstructionOption",
    "BatchInstructionsPutRequestInstructionType",
    "BatchInstructionsPutRequestInstructionUnitOption",
    "BatchInstructionsPutRequestInstructionUnitPosition",
    "BatchItemsColumn",
    "BatchItemsItemDatasetField",
    "BatchItemsItemDatasetFieldType",
    "BatchItemsItemFileUpload",
    "BatchItemsItemFileUploadType",
    "BatchItemsItemFreeText",
    "BatchItemsItemFreeTextType",
    "BatchItemsItemFreeTextWithUnit",
    "BatchItemsItemFreeTextWithUnitType",
    "BatchItemsItemFreeTextWithUnitUnitOption",
    "BatchItemsItemFreeTextWithUnitUnitPosition",
    "BatchItemsItemImage",
    "BatchItemsItemImageType",
    "BatchItemsItemMultipleChoice",
    "BatchItemsItemMultipleChoiceOption",
    "BatchItemsItemMultipleChoiceType",
    "BatchItemsItemMultipleChoiceWithFreeText",
    "BatchItemsItemMultipleChoiceWithFreeTextOption",
    "BatchItemsItemMultipleChoiceWithFreeTextType",
    "BatchItemsItemRichText",
    "BatchItemsItemRichTextContentFormat",
    "BatchItemsItemRichTextType",
    "BatchItemsItemStarRating",
    "BatchItemsItemStarRatingType",
    "BatchItemsItemVideoNarration",
    "BatchItemsItemVideoNarrationType",
    "BatchItemsPage",
    "BatchItemsRow",
    "BatchItemsValidationError",
    "BatchItemsValidationErrorIssue",
    "BatchItemsValidationErrorType",
    "BatchPatchRequestTaskDetails",
    "BatchReportGetResponse200",
    "BatchReportGetResponseHttpMethod",
    "BatchResponsesGetResponse200",
    "BatchResponsesGetResponseMeta",
    "BatchSetupPostResponse202",
    "BatchStatus",
    "BatchStatusGetResponse200",
    "BatchStatusGetResponseStatus",
    "BatchTaskDetails",
    "BatchesGetResponse200",
    "BatchesGetResponseMeta",
    "BatchesPostRequestTaskDetails",
    "Collection",
    "CollectionCreateRequest",
    "CollectionExportComplete",
    "CollectionExportCompleteStatus",
    "CollectionExportFailed",
    "CollectionExportFailedStatus",
    "CollectionExportGenerating",
    "CollectionExportGeneratingStatus",
    "CollectionInstructionInput",
    "CollectionInstructionInputOption",
    "CollectionInstructionInputType",
    "CollectionInstructionInputUnitOption",
    "CollectionInstructionInputUnitPosition",
    "CollectionItem",
    "CollectionItemInput",
    "CollectionResponse",
    "CollectionResponseResponse",
    "CollectionResponseResponseAnswerItems",
    "CollectionResponseResponseType",
    "CollectionResponsesGetResponse200",
    "CollectionResponsesGetResponseMeta",
    "CollectionUpdateRequest",
    "CollectionsGetResponse200",
    "CollectionsGetResponseMeta",
    "ContentBlockInput",
    "ContentBlockInputContentFormat",
    "ContentBlockInputType",
    "CreateBatchBody",
    "CreateDatasetBody",
    "CreateInstructionsBody",
    "Dataset",
    "DatasetAppendError",
    "DatasetAppendResult",
    "DatasetImportJob",
    "DatasetImportJobStatus",
    "DatasetImportJobType",
    "DatasetPatchResponse200",
    "DatasetPatchResponseStatus",
    "DatasetSchema",
    "DatasetSchemaField",
    "DatasetSchemaFieldType",
    "DatasetSchemaFields",
    "DatasetStatus",
    "DatasetStatusGetResponse200",
    "DatasetStatusGetResponseStatus",
    "DatasetUploadUrlGetResponse201",
    "DatasetUploadUrlGetResponseHttpMethod",
    "DuplicateBatchBody",
    "ErrorDetail",
    "ErrorEnvelope",
    "ExportFilter",
    "ExportJob",
    "FieldErrors",
    "ImportJobError",
    "InstructionFileUpload",
    "InstructionFileUploadParentType",
    "InstructionFileUploadType",
    "InstructionFreeText",
    "InstructionFreeTextParentType",
    "InstructionFreeTextType",
    "InstructionFreeTextWithUnit",
    "InstructionFreeTextWithUnitParentType",
    "InstructionFreeTextWithUnitType",
    "InstructionFreeTextWithUnitUnitOption",
    "InstructionFreeTextWithUnitUnitPosition",
    "InstructionMultipleChoice",
    "InstructionMultipleChoiceOption",
    "InstructionMultipleChoiceParentType",
    "InstructionMultipleChoiceType",
    "InstructionMultipleChoiceWithFreeText",
    "InstructionMultipleChoiceWithFreeTextOption",
    "InstructionMultipleChoiceWithFreeTextParentType",
    "InstructionMultipleChoiceWithFreeTextType",
    "InstructionStarRating",
    "InstructionStarRatingType",
    "PageItemFileUpload",
    "PageItemFileUploadParentType",
    "PageItemFileUploadType",
    "PageItemFreeText",
    "PageItemFreeTextParentType",
    "PageItemFreeTextType",
    "PageItemFreeTextWithUnit",
    "PageItemFreeTextWithUnitParentType",
    "PageItemFreeTextWithUnitType",
    "PageItemFreeTextWithUnitUnitOption",
    "PageItemFreeTextWithUnitUnitPosition",
    "PageItemImage",
    "PageItemImageParentType",
    "PageItemImageType",
    "PageItemMultipleChoice",
    "PageItemMultipleChoiceOption",
    "PageItemMultipleChoiceParentType",
    "PageItemMultipleChoiceType",
    "PageItemMultipleChoiceWithFreeText",
    "PageItemMultipleChoiceWithFreeTextOption",
    "PageItemMultipleChoiceWithFreeTextParentType",
    "PageItemMultipleChoiceWithFreeTextType",
    "PageItemRichText",
    "PageItemRichTextParentType",
    "PageItemRichTextType",
    "PageItemStarRating",
    "PageItemStarRatingType",
    "ReplaceInstructionsBody",
    "SchemaMigrationError",
    "SchemaMigrationJob",
    "SchemaMigrationJobStatus",
    "SetUpBatchBody",
    "SyncJob",
    "SyncJobStatus",
    "TaskDetails",
    "TaskResponse",
    "TaskResponseMetadata",
    "TaskResponseResponse",
    "TaskResponseResponseAnswerItems",
    "TaskResponseResponseType",
    "UpdateBatchBody",
    "UpdateDatasetSchemaBody",
    "ValidationRule",
    "ValidationRuleType",
    "WorkspaceShort",
    "WorkspaceUser",
    "WorkspacesListResponse",
    "WorkspacesListResponseMeta",
)
