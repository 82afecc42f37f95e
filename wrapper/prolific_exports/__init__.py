"""Download data from Prolific's Task Builder.

>>> from prolific_exports import Exports
>>> with Exports() as exports:  # the token is in PROLIFIC_TOKEN
...     archive = exports.collections.download("65f0c1d2e3a4b5c6d7e8f901")

Names are imported on first use (PEP 562), which keeps importing the package fast.
"""

from prolific_exports._version import __version__

# Type checkers treat it as True. Importing it from `typing` would take longer than the rest
# of this module.
TYPE_CHECKING = False

if TYPE_CHECKING:
    from typing import Any

    from prolific_exports._archive import (
        ArchiveFile,
        ExtractLimits,
        Instruction,
        Member,
        Metadata,
        ZipSummary,
        verify_zip,
    )
    from prolific_exports._archive._distribution import (
        ChoiceCount,
        Spread,
    )
    from prolific_exports._archive._json import RawJSON
    from prolific_exports._archive._records import (
        Record,
        Submission,
        UnknownRecord,
    )
    from prolific_exports._archive._responses import (
        Choice,
        FileUpload,
        FreeText,
        FreeTextWithUnit,
        MultipleChoice,
        MultipleChoiceWithFreeText,
        Response,
        StarRating,
        UnknownResponse,
        UploadedFile,
    )
    from prolific_exports._archive._summary import (
        ArchiveSummary,
        FileTypeSummary,
        InstructionSummary,
        summarise,
    )
    from prolific_exports._async_client import (
        AsyncExportJob,
        AsyncExportResource,
        AsyncExports,
    )
    from prolific_exports._client import (
        Exports,
        download,
    )
    from prolific_exports._download_outcome import DownloadOutcome
    from prolific_exports._errors import (
        AccessDeniedError,
        ApiError,
        ArchiveError,
        AuthenticationError,
        BadRequestError,
        ConflictError,
        ContractViolation,
        CorruptArchiveError,
        DownloadError,
        ExportFailedError,
        ExportsError,
        ExportTimeoutError,
        FilterIgnoredError,
        IncompleteListError,
        NoAnswerError,
        NotFoundError,
        RateLimitedError,
        ServerError,
        StorageError,
        TargetExistsError,
        TargetInUseError,
        TooManyExportsError,
        UnknownStatusError,
        UnreachableError,
        UnreadableMemberError,
        UnsafeArchiveError,
        UnsafeUrlError,
        UnsupportedError,
        UsageError,
    )
    from prolific_exports._events import (
        Adopted,
        CodebookNotSaved,
        CodebookSaved,
        Deleted,
        Downloading,
        DownloadProgress,
        Event,
        NotDeleted,
        Polled,
        ProgressCallback,
        Refreshed,
        Requested,
        Restarted,
        Resuming,
        Retrying,
        Reused,
        Saved,
        StartedOver,
        Verifying,
    )
    from prolific_exports._export_archive import ExportArchive, ResponseTable
    from prolific_exports._export_job import ExportJob
    from prolific_exports._export_resource import ExportResource
    from prolific_exports._model._clock import (
        Clock,
        SystemClock,
    )
    from prolific_exports._model._codebook import (
        Codebook,
        Question,
    )
    from prolific_exports._model._filters import (
        ExportFilter,
    )
    from prolific_exports._model._job_selection import JobSelection, select_jobs
    from prolific_exports._model._listed_jobs import (
        ListedJob,
    )
    from prolific_exports._model._listed_resources import ListRef, Resource, Workspace
    from prolific_exports._model._references import (
        ExportRef,
        Kind,
    )
    from prolific_exports._model._states import (
        Complete,
        ExportState,
        Failed,
        Generating,
    )
    from prolific_exports._page._notes import PageSummary
    from prolific_exports._sync._report import SyncedResource, SyncReport
    from prolific_exports._sync._sync import Sync
    from prolific_exports._tables._table_summary import TableSummary

_HOMES = {
    "_archive": (
        "ArchiveFile",
        "ExtractLimits",
        "Instruction",
        "Member",
        "Metadata",
        "verify_zip",
        "ZipSummary",
    ),
    "_archive._distribution": (
        "ChoiceCount",
        "Spread",
    ),
    "_archive._json": ("RawJSON",),
    "_archive._records": (
        "Record",
        "Submission",
        "UnknownRecord",
    ),
    "_archive._responses": (
        "Choice",
        "FileUpload",
        "FreeText",
        "FreeTextWithUnit",
        "MultipleChoice",
        "MultipleChoiceWithFreeText",
        "Response",
        "StarRating",
        "UnknownResponse",
        "UploadedFile",
    ),
    "_archive._summary": (
        "ArchiveSummary",
        "FileTypeSummary",
        "InstructionSummary",
        "summarise",
    ),
    "_async_client": (
        "AsyncExportJob",
        "AsyncExportResource",
        "AsyncExports",
    ),
    "_export_job": ("ExportJob",),
    "_export_resource": ("ExportResource",),
    "_client": (
        "download",
        "Exports",
    ),
    "_model._clock": (
        "Clock",
        "SystemClock",
    ),
    "_download_outcome": ("DownloadOutcome",),
    "_errors": (
        "AccessDeniedError",
        "ApiError",
        "ArchiveError",
        "AuthenticationError",
        "BadRequestError",
        "ConflictError",
        "ContractViolation",
        "CorruptArchiveError",
        "DownloadError",
        "ExportFailedError",
        "ExportsError",
        "ExportTimeoutError",
        "FilterIgnoredError",
        "IncompleteListError",
        "NoAnswerError",
        "NotFoundError",
        "RateLimitedError",
        "ServerError",
        "StorageError",
        "TargetExistsError",
        "TargetInUseError",
        "TooManyExportsError",
        "UnknownStatusError",
        "UnreachableError",
        "UnreadableMemberError",
        "UnsafeArchiveError",
        "UnsafeUrlError",
        "UnsupportedError",
        "UsageError",
    ),
    "_events": (
        "Adopted",
        "CodebookNotSaved",
        "CodebookSaved",
        "Deleted",
        "Downloading",
        "DownloadProgress",
        "Event",
        "NotDeleted",
        "Polled",
        "ProgressCallback",
        "Refreshed",
        "Requested",
        "Restarted",
        "Resuming",
        "Reused",
        "Retrying",
        "Saved",
        "StartedOver",
        "Verifying",
    ),
    "_model._codebook": (
        "Codebook",
        "Question",
    ),
    "_model._filters": ("ExportFilter",),
    "_model._job_selection": (
        "JobSelection",
        "select_jobs",
    ),
    "_model._listed_jobs": ("ListedJob",),
    "_model._listed_resources": (
        "ListRef",
        "Resource",
        "Workspace",
    ),
    "_model._references": (
        "ExportRef",
        "Kind",
    ),
    "_model._states": (
        "Complete",
        "ExportState",
        "Failed",
        "Generating",
    ),
    "_export_archive": (
        "ExportArchive",
        "ResponseTable",
    ),
    "_page._notes": ("PageSummary",),
    "_sync._report": ("SyncedResource", "SyncReport"),
    "_sync._sync": ("Sync",),
    "_tables._table_summary": ("TableSummary",),
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "AccessDeniedError",
    "Adopted",
    "ApiError",
    "ArchiveError",
    "ArchiveFile",
    "ArchiveSummary",
    "AsyncExportJob",
    "AsyncExportResource",
    "AsyncExports",
    "AuthenticationError",
    "BadRequestError",
    "Choice",
    "ChoiceCount",
    "Clock",
    "Codebook",
    "CodebookNotSaved",
    "CodebookSaved",
    "Complete",
    "ConflictError",
    "ContractViolation",
    "CorruptArchiveError",
    "Deleted",
    "DownloadError",
    "DownloadOutcome",
    "DownloadProgress",
    "Downloading",
    "Event",
    "ExportArchive",
    "ExportFailedError",
    "ExportFilter",
    "ExportJob",
    "ExportRef",
    "ExportResource",
    "ExportState",
    "ExportTimeoutError",
    "Exports",
    "ExportsError",
    "ExtractLimits",
    "Failed",
    "FileTypeSummary",
    "FileUpload",
    "FilterIgnoredError",
    "FreeText",
    "FreeTextWithUnit",
    "Generating",
    "IncompleteListError",
    "Instruction",
    "InstructionSummary",
    "JobSelection",
    "Kind",
    "ListRef",
    "ListedJob",
    "Member",
    "Metadata",
    "MultipleChoice",
    "MultipleChoiceWithFreeText",
    "NoAnswerError",
    "NotDeleted",
    "NotFoundError",
    "PageSummary",
    "Polled",
    "ProgressCallback",
    "Question",
    "RateLimitedError",
    "RawJSON",
    "Record",
    "Refreshed",
    "Requested",
    "Resource",
    "Response",
    "ResponseTable",
    "Restarted",
    "Resuming",
    "Retrying",
    "Reused",
    "Saved",
    "ServerError",
    "Spread",
    "StarRating",
    "StartedOver",
    "StorageError",
    "Submission",
    "Sync",
    "SyncReport",
    "SyncedResource",
    "SystemClock",
    "TableSummary",
    "TargetExistsError",
    "TargetInUseError",
    "TooManyExportsError",
    "UnknownRecord",
    "UnknownResponse",
    "UnknownStatusError",
    "UnreachableError",
    "UnreadableMemberError",
    "UnsafeArchiveError",
    "UnsafeUrlError",
    "UnsupportedError",
    "UploadedFile",
    "UsageError",
    "Verifying",
    "Workspace",
    "ZipSummary",
    "__version__",
    "download",
    "select_jobs",
    "summarise",
    "verify_zip",
]


# If type checkers saw this, they would accept any name.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> "Any":
        from importlib import import_module  # noqa: PLC0415 - not needed for `--version`

        if name == "testing":
            return import_module(f"{__name__}.testing")
        module = _HOME_OF.get(name)
        if module is None:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        value = getattr(import_module(f"{__name__}.{module}"), name)
        globals()[name] = value
        return value


def __dir__() -> list[str]:
    return [*__all__, "testing"]
