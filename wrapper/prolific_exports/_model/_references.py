"""The identity of an export, valid across processes."""

import re
from datetime import datetime
from typing import Literal, TypeAlias, get_args

from attrs import frozen

from prolific_exports._base_errors import UsageError
from prolific_exports._model._filters import ExportFilter
from prolific_exports._model._redaction import redact

Kind: TypeAlias = Literal["collection", "batch"]
"""The kind of resource that has responses to export: a Task Builder collection or batch."""

KINDS: tuple[Kind, ...] = get_args(Kind)

# Ids become path segments and file names, and the documents define them as plain strings (D-6).
# Accept what is safe in both; reject a pasted web address.
_ID = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._~-]{0,199}")


def check_id(value: object, what: str) -> str:
    """Return the id without surrounding white space.

    Args:
        value: The caller's argument.
        what: The kind of object that the id belongs to, for the message.

    Raises:
        UsageError: The value is not an id.
    """
    text = value.strip() if isinstance(value, str) else ""
    if not _ID.fullmatch(text):
        # A pasted download URL grants access to the data, so do not show it.
        shown = redact(repr(value))
        shown = shown if len(shown) <= 80 else shown[:77] + "..."
        article = "an" if what[0] in "aeiou" else "a"
        source = f"give the last part of the {what}'s address in Prolific"
        if what == "export":
            # Export jobs have no page in Prolific.
            source = "prolific-exports list prints the ids, as does download for its export"
        raise UsageError(
            f"{shown} is not the id of {article} {what}: an id has only letters, digits, '-', '_' "
            f"and '.' ({source})."
        )
    return text


def check_filter(
    study_id: str | None, from_: datetime | None, to: datetime | None
) -> ExportFilter | None:
    """Return the filter for these arguments; None without conditions.

    Args:
        study_id: Id of a study.
        from_: The first moment, aware.
        to: The moment after the last, aware.

    Raises:
        UsageError: An invalid id, a time without a time zone, or an empty time range.
    """
    asked = ExportFilter(None if study_id is None else check_id(study_id, "study"), from_, to)
    if asked.from_ is not None and asked.to is not None and asked.from_ >= asked.to:
        raise UsageError(
            f"Empty time range: {asked}. 'to' must be later than 'from'; responses created at "
            "'to' are not included."
        )
    return asked or None


@frozen
class ExportRef:
    """Identifies an export: kind, id of the collection or batch, filter, id of the job.

    Attributes:
        kind: ``"collection"`` or ``"batch"``.
        resource_id: Id of the collection or batch.
        export_id: Id of the job; None before the request, and if the server reports a ready
            export without its job's id (documents/002, documents/004).
        filter: Which responses it contains; None for all, or if unknown.
    """

    kind: Kind
    resource_id: str
    export_id: str | None = None
    filter: ExportFilter | None = None

    @property
    def plural(self) -> str:
        """The plural of the kind, as in paths and in the attributes of `Exports`."""
        return "collections" if self.kind == "collection" else "batches"

    def __str__(self) -> str:
        """Return ``collection 65f0…`` or ``collection 65f0… (study 65a1…, export 0192…)``."""
        more = [str(self.filter)] if self.filter else []
        more += [f"export {self.export_id}"] if self.export_id else []
        return f"{self.kind} {self.resource_id}" + (f" ({', '.join(more)})" if more else "")
