"""What ``delete`` does with one export."""

from typing import Literal, TypeAlias

from attrs import frozen

from prolific_exports._errors import ExportsError

DeletionOutcome: TypeAlias = Literal["deleted", "would_delete", "kept", "generating", "failed"]


@frozen(kw_only=True)
class JobDeletion:
    """What happened to one export.

    Attributes:
        resource_id: Its collection or batch.
        export_id: Its id.
        outcome: ``would_delete`` with ``--dry-run``; ``generating`` for an export that was chosen
            but that Prolific still works on.
        error: Why it was not deleted, after an attempt; else None.
    """

    resource_id: str
    export_id: str
    outcome: DeletionOutcome
    error: ExportsError | None = None
