"""Messages about an export that was downloaded, and may not have been deleted from Prolific."""

from prolific_exports import ExportRef, NotDeleted, NotFoundError, UnsupportedError
from prolific_exports._cli._follow_up import delete_command, suggest
from prolific_exports._console import _streams as streams
from prolific_exports._console._errors import error_message
from prolific_exports._console._text import printable


def report_failed_deletion(name: str, deletion: NotDeleted, profile: str | None) -> None:
    """Print why the export was not deleted, and how to delete it.

    Args:
        name: Kind and id of the collection or batch.
        deletion: The failed deletion.
        profile: ``--profile`` of the command.
    """
    ref, error = deletion.ref, deletion.error
    reason = printable(error_message(error))
    streams.print_message(f"{name}: saved, but the export was not deleted from Prolific: {reason}")
    if ref.export_id is not None and not isinstance(error, NotFoundError | UnsupportedError):
        command = delete_command(ref.kind, ref.resource_id, ref.export_id, profile)
        suggest("To delete it", command)


def report_unknown_deletion(ref: ExportRef, export_id: str, profile: str | None) -> None:
    """Print that the export may still exist, after an interrupt, and how to delete it."""
    streams.print_message(f"Export {export_id} may or may not have been deleted from Prolific.")
    suggest("To delete it", delete_command(ref.kind, ref.resource_id, export_id, profile))
