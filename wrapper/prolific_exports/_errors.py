"""All exceptions of this package, in one tree.

ExportsError
├── UsageError               invalid arguments: no token, a bad id or base URL (a ValueError)
├── ApiError                 the API answered with an error
│   ├── BadRequestError          400, 405, 422 and other 4xx
│   ├── AuthenticationError      401
│   ├── AccessDeniedError        403
│   ├── NotFoundError            404
│   ├── ConflictError            409
│   ├── RateLimitedError         429
│   ├── ServerError              5xx, and statuses that HTTP does not define
│   ├── UnsupportedError         405, 501: not in edition 2026-03
│   └── TooManyExportsError      the collection or batch has reached the limit of jobs
├── ContractViolation        the response is outside the contract
│   ├── IncompleteListError      a list has fewer entries than the server counts
│   └── UnknownStatusError       the job has an unknown status
├── NoAnswerError            no response arrived: refused, timed out, cut off
│   └── UnreachableError         retrying does not help: unknown host, certificate, proxy
├── ExportFailedError        the export job failed
├── FilterIgnoredError       the server did not apply the filter
├── ExportTimeoutError       the export was not ready in time; you can wait again
├── DownloadError            the archive could not be downloaded or saved
│   ├── UnsafeUrlError           the download URL is not safe to open
│   ├── TargetExistsError        the destination exists
│   └── TargetInUseError         another process or thread downloads the same export
├── StorageError             the disk is full, read-only, over quota or missing
└── ArchiveError             the archive cannot be read, extracted or converted to a table
    ├── CorruptArchiveError      not a ZIP, cut off, or a checksum does not match
    ├── UnreadableMemberError    a member is encrypted, or uses an unsupported compression
    └── UnsafeArchiveError       a member has an unsafe path, or a limit is exceeded

A message gives the subject and problem, the cause, the next step and the HTTP request. It
never contains a token or the signature of a URL. `ExportsError` has the same as attributes.
"""

from prolific_exports._base_errors import ExportsError, UsageError

# As typing.TYPE_CHECKING, without what importing typing costs.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from prolific_exports._model._listed_jobs import ListedJob
    from prolific_exports._model._listed_resources import RequestRef
    from prolific_exports._model._references import ExportRef

__all__ = [
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
    "ExportTimeoutError",
    "ExportsError",
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
]


class ApiError(ExportsError):
    """The API responded with an error.

    Attributes:
        operation: Method and path template, e.g. ``POST /api/v1/…/{batch_id}/export``.
        ref: The export or list that the request was about.
        status: The HTTP status; may be one that HTTP does not define, such as 520.
        title: The error's title; None if the body has none.
        code: The API's own error code; None if the body has none.
        detail: The error's details as received: a string, a list of strings or a
            mapping of field names to lists of strings; None if the body has none.
        retry_after: Seconds that the server asks to wait; None if it does not.
    """

    operation: str
    ref: "RequestRef"
    status: int
    code: int | None
    retry_after: float | None

    def __init__(
        self,
        message: str,
        *,
        operation: str,
        ref: "RequestRef",
        status: int,
        title: str | None = None,
        code: int | None = None,
        detail: "Any" = None,
        retry_after: float | None = None,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.operation = operation
        self.ref = ref
        self.status = status
        self.title = title
        self.code = code
        self.detail = detail
        self.retry_after = retry_after


class BadRequestError(ApiError):
    """The API rejected the request (400, 405, 422 and other 4xx)."""


class AuthenticationError(ApiError):
    """The API rejected the token (401)."""


class AccessDeniedError(ApiError):
    """The token's account has no access to the resource (403)."""


class NotFoundError(ApiError):
    """The collection, batch or export job does not exist or is not visible to you (404)."""


class ConflictError(ApiError):
    """The resource's state does not allow the request (409)."""

    retryable = True


class RateLimitedError(ApiError):
    """Too many requests (429); see ``retry_after``."""

    retryable = True


class ServerError(ApiError):
    """The API failed (5xx, and higher statuses that HTTP does not define)."""

    retryable = True


class UnsupportedError(ApiError):
    """The server lacks the operation (405, 501): edition 2026-03 neither lists nor deletes jobs."""


class TooManyExportsError(ApiError):
    """The collection or batch has reached the limit of export jobs: delete one.

    Edition 2026-11 allows ten, of any filter and state.

    Attributes:
        jobs: The existing jobs, newest first.
    """

    hint = "Delete an export job that you no longer need."

    def __init__(
        self,
        message: str,
        *,
        operation: str,
        ref: "ExportRef",
        status: int,
        title: str | None = None,
        code: int | None = None,
        detail: "Any" = None,
        retry_after: float | None = None,
        jobs: "tuple[ListedJob, ...]" = (),
    ) -> None:
        super().__init__(
            message,
            operation=operation,
            ref=ref,
            status=status,
            title=title,
            code=code,
            detail=detail,
            retry_after=retry_after,
        )
        self.jobs = jobs


class ContractViolation(ExportsError):  # noqa: N818 - the API's error, not the client's
    """The API's response is outside the contract.

    Attributes:
        operation: Method and path template.
        ref: The export or list that the request was about.
        status: The HTTP status.
        pointer: JSON pointer (RFC 6901) to the invalid value; ``""`` is the whole body.
        excerpt: The beginning of the body, secrets removed.
    """

    hint = "If the problem persists, contact Prolific support."
    operation: str
    ref: "RequestRef"
    status: int

    def __init__(
        self,
        message: str,
        *,
        operation: str,
        ref: "RequestRef",
        status: int,
        pointer: str,
        excerpt: str,
    ) -> None:
        super().__init__(message)
        self.operation = operation
        self.ref = ref
        self.status = status
        self.pointer = pointer
        self.excerpt = excerpt


class UnknownStatusError(ContractViolation):
    """The job has a status that the contract does not define; ``excerpt`` shows it."""


class IncompleteListError(ContractViolation):
    """A list has fewer entries than its ``meta.count`` says; those received were returned."""

    retryable = True  # the list may have changed while it was read


class NoAnswerError(ExportsError):
    """No response arrived: the connection was refused, timed out or was cut off.

    Attributes:
        operation: Method and path template.
        ref: The export or list that the request was about.
        sent: False if the request certainly did not reach the server, so that repeating
            it is safe.
    """

    retryable = True
    operation: str
    ref: "RequestRef"

    def __init__(
        self,
        message: str,
        *,
        operation: str,
        ref: "RequestRef",
        sent: bool,
        hint: str | None = None,
    ) -> None:
        super().__init__(message, hint=hint)
        self.operation = operation
        self.ref = ref
        self.sent = sent


class UnreachableError(NoAnswerError):
    """No connection to the API is possible; retrying does not help.

    The host is unknown, its certificate is not trusted, it does not support TLS, or the proxy
    refuses the connection. The message names the variable to set.
    """

    retryable = False


class ExportFailedError(ExportsError):
    """The export job failed: generating it failed, or its archive was deleted (documents/000).

    Attributes:
        ref: The job.
    """

    hint = "Request another export; if the problem persists, contact Prolific support."
    ref: "ExportRef"

    def __init__(self, message: str, *, ref: "ExportRef") -> None:
        super().__init__(message)
        self.ref = ref


class FilterIgnoredError(ExportsError):
    """The server did not apply the filter. Nothing was downloaded.

    Servers of edition 2026-03 ignore filters.

    Attributes:
        ref: The job, with the requested filter.
    """

    hint = "Export without a filter, and select the responses afterwards."
    ref: "ExportRef"

    def __init__(self, message: str, *, ref: "ExportRef") -> None:
        super().__init__(message)
        self.ref = ref


class ExportTimeoutError(ExportsError):
    """The export was not ready within the timeout. Its job keeps running on the server.

    Attributes:
        ref: The job. Pass it to ``exports.collections.job(ref.resource_id, ref.export_id)``
            (or ``batches``) to wait again, in any process. Its ``export_id`` is None if no
            job is known to have started.
        waited: Seconds.
    """

    hint = "Wait for the job again later, or with a longer timeout."
    retryable = True
    ref: "ExportRef"

    def __init__(self, message: str, *, ref: "ExportRef", waited: float) -> None:
        super().__init__(message)
        self.ref = ref
        self.waited = waited


class DownloadError(ExportsError):
    """The archive could not be downloaded or saved; the destination is unchanged.

    A partial file remains beside the destination if another attempt can resume it. The
    message says so.
    """


class UnsafeUrlError(DownloadError):
    """The download URL is not https, contains a user name, or is invalid."""

    hint = "If the problem persists, contact Prolific support."


class TargetExistsError(DownloadError):
    """The destination exists and may not be replaced; it is unchanged.

    Attributes:
        path: The destination.
    """

    hint = "Choose another path, or allow it to be replaced."

    def __init__(self, message: str, *, path: "Path") -> None:
        super().__init__(message)
        self.path = path


class TargetInUseError(DownloadError):
    """Another process or thread is downloading the same export to the same folder.

    Attributes:
        path: The destination.
        host: Name of the process's machine; None if unknown.
        pid: The process's id there; None if unknown.
    """

    hint = "Wait for the other download, or stop it."
    retryable = True

    def __init__(self, message: str, *, path: "Path", host: str | None, pid: int | None) -> None:
        super().__init__(message)
        self.path = path
        self.host = host
        self.pid = pid


class StorageError(ExportsError):
    """The disk is full, read-only, over quota or missing.

    The archive is not damaged. Free some space and run the download again: it resumes.
    """


class ArchiveError(ExportsError):
    """The archive cannot be read, extracted or converted to a table.

    A damaged archive raises `CorruptArchiveError`, a full disk `StorageError`.
    """


class CorruptArchiveError(ArchiveError):
    """Not a ZIP, cut off, or a checksum does not match."""

    hint = "Download the archive again."


class UnreadableMemberError(ArchiveError):
    """A member is encrypted, or uses a compression method that this package does not support.

    The archive may be complete: downloading it again does not help.
    """


class UnsafeArchiveError(ArchiveError):
    """A member's path leads outside the target folder, or the archive exceeds a limit."""
