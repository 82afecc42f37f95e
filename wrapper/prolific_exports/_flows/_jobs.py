"""Listing and deleting export jobs (edition 2026-11): the pure part."""

from attrs import evolve

from prolific_exports._errors import ExportsError, NotFoundError, UsageError
from prolific_exports._events import Deleted, Event, NotDeleted, Retrying
from prolific_exports._flows import _boundary as api
from prolific_exports._flows._calls import (
    Context,
    deadline_of,
    perform,
    raise_cause_on_timeout,
    was_not_processed,
)
from prolific_exports._flows._effects import Flow
from prolific_exports._flows._policy import Policy
from prolific_exports._model._listed_jobs import ListedJob
from prolific_exports._model._references import ExportRef


def list_jobs(ref: ExportRef, context: Context, policy: Policy) -> Flow[tuple[ListedJob, ...]]:
    """The export jobs of a collection or batch, as the server orders them: newest first.

    Raises:
        UnsupportedError: The server is of edition 2026-03.
        ApiError, ContractViolation, NoAnswerError: As the call ends.
    """
    call, deadline = api.list_exports(ref), deadline_of(context, policy)
    return (
        yield from raise_cause_on_timeout(
            perform(call, api.interpret_list, context, policy, deadline)
        )
    ).value


def delete(ref: ExportRef, context: Context, policy: Policy) -> Flow[None]:
    """Delete a job and its archive.

    Raises:
        UsageError: The job's id is not known.
        ConflictError: It is still being generated.
        NotFoundError: There is no such job.
        UnsupportedError: The server is of edition 2026-03.
        ApiError, ContractViolation, NoAnswerError: As the call ends.
    """
    if ref.export_id is None:
        raise UsageError(
            f"Nothing was deleted: which export job of {ref} it would be is not known. A server "
            "of edition 2026-03 does not name a job that is ready at once."
        )
    lost = False

    def notice(event: Event) -> None:
        nonlocal lost
        lost = lost or (isinstance(event, Retrying) and not was_not_processed(event.error))
        context.notify(event)

    call, deadline = api.delete_export(ref, ref.export_id), deadline_of(context, policy)
    noticing = evolve(context, notify=notice)
    try:
        yield from raise_cause_on_timeout(
            perform(call, api.interpret_deletion, noticing, policy, deadline)
        )
    except NotFoundError:
        # An earlier try deleted it, and its answer got lost.
        if not lost:
            raise


def delete_saved(ref: ExportRef, context: Context, policy: Policy) -> Flow[bool]:
    """Delete the job of an archive that is saved; a failure is told, and loses nothing.

    Returns:
        Whether it was deleted.
    """
    try:
        yield from delete(ref, context, policy)
    except ExportsError as error:
        context.notify(NotDeleted(ref, error))
        return False
    context.notify(Deleted(ref))
    return True
