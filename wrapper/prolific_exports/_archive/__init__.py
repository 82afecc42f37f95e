"""Reading export archives: verify, look inside, read records, extract, summarise.

``_directory`` and ``_content`` read the ZIP; ``_responses``, ``_records`` and
``_metadata`` give its JSON a type; ``_names``, ``_plan`` and ``_staging`` make
extracting safe; ``_distribution`` counts answers for ``_summary``;
``_export_archive`` is what users hold. The layout is that of documents/003.
"""

from prolific_exports._archive._directory import Member
from prolific_exports._archive._distribution import ChoiceCount, Spread
from prolific_exports._archive._export_archive import ArchiveFile, ExportArchive, verify_export
from prolific_exports._archive._metadata import Instruction, Metadata
from prolific_exports._archive._plan import ExtractLimits
from prolific_exports._archive._records import Record, Submission, UnknownRecord
from prolific_exports._archive._responses import (
    Choice,
    FileUpload,
    FreeText,
    FreeTextWithUnit,
    MultipleChoice,
    MultipleChoiceWithFreeText,
    Response,
    UnknownResponse,
    UploadedFile,
)
from prolific_exports._archive._summary import (
    ArchiveSummary,
    FileTypeSummary,
    InstructionSummary,
    summarise,
)
from prolific_exports._archive._verify import ZipSummary, verify_zip

__all__ = [
    "ArchiveFile",
    "ArchiveSummary",
    "Choice",
    "ChoiceCount",
    "ExportArchive",
    "ExtractLimits",
    "FileTypeSummary",
    "FileUpload",
    "FreeText",
    "FreeTextWithUnit",
    "Instruction",
    "InstructionSummary",
    "Member",
    "Metadata",
    "MultipleChoice",
    "MultipleChoiceWithFreeText",
    "Record",
    "Response",
    "Spread",
    "Submission",
    "UnknownRecord",
    "UnknownResponse",
    "UploadedFile",
    "ZipSummary",
    "summarise",
    "verify_export",
    "verify_zip",
]
