"""List and delete export jobs (edition 2026-11)."""

from attrs import evolve

from prolific_exports._errors import ExportsError, NotFoundError, UsageError
from prolific_exports._events import Deleted, Event, NotDeleted, Retrying
from prolific_exports._flows import _boundary as api
from prolific_exports._flows._calls import (
    Caller,
    Context,
    raise_cause_on_timeout,
    was_not_processed,
)
from prolific_exports._flows._effects import Flow
from prolific_exports._flows._policy import Policy
from prolific_exports._model._listed_jobs import ListedJob
from prolific_exports._model._references import ExportRef


def list_jobs(ref: ExportRef, context: Context, policy: Policy) -> Flow[tuple[ListedJob, ...]]:
    """The export jobs of a collection or batch, in the server's order: newest first.

    Raises:
        UnsupportedError: The server is of edition 2026-03.
        ApiError, ContractViolation, NoAnswerError: The call failed.
    """
    caller = Caller.start(context, policy)
    call = caller.call(api.list_request(ref), api.interpret_list)
    return (yield from raise_cause_on_timeout(call)).value


def delete(ref: ExportRef, context: Context, policy: Policy) -> Flow[None]:
    """Delete a job and its archive.

    Raises:
        UsageError: The job's id is unknown.
        ConflictError: The export is still being generated.
        NotFoundError: The job does not exist.
        UnsupportedError: The server is of edition 2026-03.
        ApiError, ContractViolation, NoAnswerError: The call failed.
    """
    if ref.export_id is None:
        raise UsageError(
            f"Cannot delete the export job of {ref}: its id is unknown. Servers of edition "
            "2026-03 send no id for an export that is ready at once. Nothing was deleted."
        )
    lost_response = False

    def watch_retries(event: Event) -> None:
        nonlocal lost_response
        if isinstance(event, Retrying) and not was_not_processed(event.error):
            lost_response = True
        context.notify(event)

    caller = Caller.start(evolve(context, notify=watch_retries), policy)
    call = caller.call(api.deletion_request(ref, ref.export_id), api.interpret_deletion)
    try:
        yield from raise_cause_on_timeout(call)
    except NotFoundError:
        # An earlier attempt deleted the job, and its response got lost.
        if not lost_response:
            raise


def delete_saved(ref: ExportRef, context: Context, policy: Policy) -> Flow[bool]:
    """Delete the job of a saved archive; report a failure as an event instead of raising it.

    Returns:
        Whether the job was deleted.
    """
    try:
        yield from delete(ref, context, policy)
    except ExportsError as error:
        context.notify(NotDeleted(ref, error))
        return False
    context.notify(Deleted(ref))
    return True
