"""The object store behind presigned URLs. It answers conditional and range requests as S3 does."""

import re
from collections.abc import Callable
from datetime import datetime

from attrs import frozen

from prolific_contract.sandbox._archive_files import StoredObject
from prolific_contract.sandbox._http import (
    Call,
    FileSlice,
    Headers,
    Reply,
    StoreError,
    file_reply,
    xml_reply,
)
from prolific_contract.sandbox._jobs import SandboxJob, SandboxJobs
from prolific_contract.sandbox._signing import UrlSigner
from prolific_contract.sandbox._text import http_date

STORE_PREFIX = "/store/"
_KEY_PREFIX = "exports/"
_KEY_SUFFIX = ".zip"
# A file size has at most 19 digits; int() rejects very long numbers.
_RANGE = re.compile(r"bytes=([0-9]{0,19})-([0-9]{0,19})", re.IGNORECASE)


def object_path(export_id: str) -> str:
    """The store's path of a job's archive."""
    return f"{STORE_PREFIX}{_KEY_PREFIX}{export_id}{_KEY_SUFFIX}"


def export_id_of(path: str) -> str:
    """The export id in a path of the store; the job may not exist."""
    return path.removeprefix(f"{STORE_PREFIX}{_KEY_PREFIX}").removesuffix(_KEY_SUFFIX)


@frozen
class Span:
    """The requested bytes of an object: ``length`` bytes from ``start``."""

    start: int
    length: int


def requested_span(header: str | None, size: int) -> Span | StoreError | None:
    """Parse a ``Range`` header.

    Args:
        header: The header's value; None if it was not sent.
        size: The object's size in bytes.

    Returns:
        The span; an error if it lies outside the object; None for the whole object,
        if there is no range, several ranges or a malformed one (RFC 9110 lets servers
        ignore those, and S3 does).
    """
    match = _RANGE.fullmatch(header) if header is not None else None
    if header is None or match is None or match[0].endswith("=-"):
        return None
    first, last = match[1], match[2]
    if not first:
        length = min(int(last), size)
        start = size - length
    elif last and int(last) < int(first):
        return None
    else:
        start = int(first)
        stop = min(int(last) + 1, size) if last else size
        length = stop - start
    if length <= 0:
        return StoreError(
            416,
            "InvalidRange",
            "The requested range is not satisfiable",
            (("RangeRequested", header), ("ActualObjectSize", str(size))),
        )
    return Span(start, length)


def matches(header: str, etag: str) -> bool:
    """Whether an ``If-Match`` header matches this strong ETag."""
    return header.strip() == "*" or etag in (tag.strip() for tag in header.split(","))


class ObjectStore:
    """The archives of one sandbox, behind presigned URLs."""

    def __init__(
        self,
        jobs: SandboxJobs,
        signer: UrlSigner,
        stored_object: Callable[[SandboxJob], StoredObject],
    ) -> None:
        self._jobs = jobs
        self._signer = signer
        self._stored_object = stored_object

    def answer(self, call: Call, now: datetime) -> Reply:
        """Answer a request to the store."""
        if "authorization" in call.headers:
            return xml_reply(
                StoreError(
                    400,
                    "InvalidArgument",
                    "Only one auth mechanism allowed: a presigned URL takes no Authorization "
                    "header.",
                    (("ArgumentName", "Authorization"),),
                )
            )
        # URLs are signed for GET only, so every other method is refused, HEAD too, as S3 does.
        refusal = self._signer.refusal(call, now)
        if refusal is not None:
            return xml_reply(refusal)
        job = self._jobs.find(export_id_of(call.path))
        if job is None or job.state(now) != "complete":
            key = call.path.removeprefix(STORE_PREFIX)
            return xml_reply(
                StoreError(404, "NoSuchKey", "The key does not exist.", (("Key", key),))
            )
        return self._object_reply(call, job)

    def _object_reply(self, call: Call, job: SandboxJob) -> Reply:
        stored = self._stored_object(job)
        condition = call.headers.get("if-match")
        if condition is not None and not matches(condition, stored.etag):
            return xml_reply(
                StoreError(
                    412,
                    "PreconditionFailed",
                    "The object's ETag is not the one in If-Match.",
                    (("Condition", "If-Match"),),
                )
            )
        # If-Range is ignored, as moto, SeaweedFS, s3rver and nanio do (measured): they answer
        # 206 even if the ETag differs, so clients must not rely on it.
        span = requested_span(call.headers.get("range"), stored.size)
        if isinstance(span, StoreError):
            return xml_reply(span, (("Content-Range", f"bytes */{stored.size}"),))
        headers: Headers = (
            ("ETag", stored.etag),
            ("Last-Modified", http_date(job.ready_at)),
            ("Accept-Ranges", "bytes"),
        )
        if span is None:
            body = FileSlice(stored.path, 0, stored.size)
            return file_reply(200, "application/zip", body, headers)
        body = FileSlice(stored.path, span.start, span.length)
        last = span.start + span.length - 1
        content_range = ("Content-Range", f"bytes {span.start}-{last}/{stored.size}")
        return file_reply(206, "application/zip", body, (*headers, content_range))
