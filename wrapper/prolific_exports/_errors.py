"""Everything this package raises, in one tree.

ExportsError
├── UsageError               the call cannot be made: no token, a bad id or base URL (a ValueError)
├── ApiError                 the API answered with an error
│   ├── BadRequestError          400, 405, 422 and other 4xx
│   ├── AuthenticationError      401
│   ├── AccessDeniedError        403
│   ├── NotFoundError            404
│   ├── ConflictError            409
│   ├── RateLimitedError         429
│   ├── ServerError              5xx, and statuses that HTTP does not know
│   ├── UnsupportedError         405, 501: the server has no such operation (edition 2026-03)
│   └── TooManyExportsError      the collection or batch has all the export jobs it can have
├── ContractViolation        the API answered with something the contract does not allow
│   └── UnknownStatusError       an export status that is not known
├── NoAnswerError            no answer arrived: refused, timed out, cut off
│   └── UnreachableError         no connection, however often: unknown host, certificate, proxy
├── ExportFailedError        the export job failed
├── FilterIgnoredError       the server exports something else than what was asked for
├── ExportTimeoutError       the overall deadline passed; waiting can go on
├── DownloadError            the archive could not be fetched or saved
│   ├── UnsafeUrlError           the download URL is not one to be followed
│   ├── TargetExistsError        there is a file at the target already
│   └── TargetInUseError         another process (or part of this one) downloads it
├── StorageError             the disk is full, read-only, over quota or gone; no data is damaged
└── ArchiveError             an archive cannot be read, or extracted or made a table of
    ├── CorruptArchiveError      not a ZIP, cut off, or a checksum does not match
    ├── UnreadableMemberError    a member is encrypted, or compressed by a method not read here
    └── UnsafeArchiveError       a member would be written outside the folder, or a limit is passed

Messages say what happened, where, and what to do next, and never hold a token
or the signature of a URL.
"""

# As typing.TYPE_CHECKING, without what importing typing costs.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any, Self

    from prolific_exports._model._listed_jobs import ListedJob
    from prolific_exports._model._references import ExportRef


class ExportsError(Exception):
    """The root of everything that this package raises on purpose."""

    def __reduce__(self) -> "tuple[Callable[..., Any], tuple[Any, ...]]":
        """Errors cross process borders (multiprocessing) with all their attributes."""
        return _rebuild, (type(self), self.args, self.__dict__)

    @classmethod
    def _rebuilt(cls, args: "tuple[Any, ...]", attributes: "dict[str, Any]") -> "Self":
        error = cls.__new__(cls)
        error.args = args
        error.__dict__.update(attributes)
        return error


def _rebuild(
    cls: type[ExportsError], args: "tuple[Any, ...]", attributes: "dict[str, Any]"
) -> ExportsError:
    return cls._rebuilt(args, attributes)


class UsageError(ExportsError, ValueError):
    """The call cannot be made as asked: no token, a bad id, a bad base URL."""


class ApiError(ExportsError):
    """The API answered with an error.

    Attributes:
        operation: Method and path template, e.g. ``POST /api/v1/…/{batch_id}/export``.
        ref: The export that was asked for.
        status: The HTTP status, also when HTTP does not know it (such as 520).
        title: The error's title, where the body has one.
        code: The API's own error code, where the body has one.
        detail: The error's details as they came: a string, a list of strings or a
            mapping of field names to lists of strings; None where there are none.
        retry_after: Seconds that the server asks to wait, where it does.
    """

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
    ) -> None:
        super().__init__(message)
        self.operation = operation
        self.ref = ref
        self.status = status
        self.title = title
        self.code = code
        self.detail = detail
        self.retry_after = retry_after


class BadRequestError(ApiError):
    """The API did not accept the request (400, 405, 422 and other 4xx)."""


class AuthenticationError(ApiError):
    """The API did not accept the token (401)."""


class AccessDeniedError(ApiError):
    """The token's account has no access to the resource (403)."""


class NotFoundError(ApiError):
    """There is no such collection, batch or export job, or it is not visible (404)."""


class ConflictError(ApiError):
    """The resource's state does not allow the request (409)."""


class RateLimitedError(ApiError):
    """Too many requests (429); ``retry_after`` says how long to wait, if the server does."""


class ServerError(ApiError):
    """The API failed (5xx, and statuses beyond that HTTP does not know)."""


class UnsupportedError(ApiError):
    """The server has no such operation (405, 501): edition 2026-03 neither lists nor deletes."""


class TooManyExportsError(ApiError):
    """The collection or batch has all the export jobs that it can have: delete one.

    Edition 2026-11 allows ten, whatever their filters and states.

    Attributes:
        jobs: They, newest first.
    """

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


class ContractViolation(ExportsError):  # noqa: N818 - it names what happened, not a failure of ours
    """The API answered with something the contract does not allow.

    Attributes:
        operation: Method and path template.
        ref: The export that was asked for.
        status: The HTTP status of the answer.
        pointer: JSON pointer (RFC 6901) to what does not fit; ``""`` is the whole body.
        excerpt: The beginning of the body, secrets removed.
    """

    def __init__(
        self,
        message: str,
        *,
        operation: str,
        ref: "ExportRef",
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
    """An export has a status that the contract does not name; ``excerpt`` shows it."""


class NoAnswerError(ExportsError):
    """No answer arrived: the connection was refused, timed out or was cut off.

    Attributes:
        operation: Method and path template.
        ref: The export that was asked for.
        sent: False when the request certainly never reached the server, so that
            repeating it cannot do anything twice.
    """

    def __init__(self, message: str, *, operation: str, ref: "ExportRef", sent: bool) -> None:
        super().__init__(message)
        self.operation = operation
        self.ref = ref
        self.sent = sent


class UnreachableError(NoAnswerError):
    """There is no connection to the API, and trying again does not help.

    The host is unknown, its certificate is not trusted, it does not speak TLS, or the proxy
    refuses. The message says which variable to set.
    """


class ExportFailedError(ExportsError):
    """The export job failed: generating it failed, or its archive was deleted (documents/000).

    Attributes:
        ref: The job.
    """

    def __init__(self, message: str, *, ref: "ExportRef") -> None:
        super().__init__(message)
        self.ref = ref


class FilterIgnoredError(ExportsError):
    """The export is not filtered as asked: nothing of it is handed over.

    Servers of edition 2026-03 know no filters and ignore them.

    Attributes:
        ref: The job, with the filter that was asked for.
    """

    def __init__(self, message: str, *, ref: "ExportRef") -> None:
        super().__init__(message)
        self.ref = ref


class ExportTimeoutError(ExportsError):
    """The overall deadline passed before the export was ready. A job that was started goes on.

    Attributes:
        ref: The job; ``exports.collections.job(ref.resource_id, ref.export_id)`` (or
            ``batches``) goes on waiting, in any process. Without an ``export_id``, none is
            known to have been started.
        waited: Seconds waited.
    """

    def __init__(self, message: str, *, ref: "ExportRef", waited: float) -> None:
        super().__init__(message)
        self.ref = ref
        self.waited = waited


class DownloadError(ExportsError):
    """The archive could not be fetched or saved; the target is as it was.

    What arrived is kept beside it where another try can go on with it; the message
    says so.
    """


class UnsafeUrlError(DownloadError):
    """The download URL is not https, carries a user name, or is not a URL."""


class TargetExistsError(DownloadError):
    """Something is at the target already that may not be replaced; it was not touched.

    Attributes:
        path: The target.
    """

    def __init__(self, message: str, *, path: "Path") -> None:
        super().__init__(message)
        self.path = path


class TargetInUseError(DownloadError):
    """The same export is being downloaded to the same folder already.

    Attributes:
        path: The target.
        host: Name of the machine that the process is on, None where it is not known.
        pid: Its number there, None where it is not known.
    """

    def __init__(self, message: str, *, path: "Path", host: str | None, pid: int | None) -> None:
        super().__init__(message)
        self.path = path
        self.host = host
        self.pid = pid


class StorageError(ExportsError):
    """The disk is full, read-only, over quota or gone.

    Nothing is wrong with an archive: to download it again would not help. A download resumes
    where it stopped once there is room.
    """


class ArchiveError(ExportsError):
    """The file is not an export archive that can be read, or what is made of it cannot be written.

    A damaged archive is a `CorruptArchiveError`, a full disk a `StorageError`.
    """


class CorruptArchiveError(ArchiveError):
    """Not a ZIP, cut off, or a checksum does not match."""


class UnreadableMemberError(ArchiveError):
    """A member is encrypted, or compressed by a method that this package does not read.

    The archive may be whole: downloading it again changes nothing.
    """


class UnsafeArchiveError(ArchiveError):
    """A member would be written outside the target folder, or the archive is beyond a limit."""
