"""Find a complete job that can be downloaded in place of a new one (edition 2026-11)."""

from prolific_exports._errors import NotFoundError, UnsupportedError
from prolific_exports._flows import _boundary as api
from prolific_exports._flows._calls import Caller
from prolific_exports._flows._effects import Flow
from prolific_exports._flows._requesting import has_filter
from prolific_exports._model._listed_jobs import ListedJob
from prolific_exports._model._references import ExportRef
from prolific_exports._model._reuse import Reuse
from prolific_exports._model._states import Complete


def find_complete_job(ref: ExportRef, reuse: Reuse, caller: Caller) -> Flow[ListedJob | None]:
    """The newest complete job with the same filter that is recent enough; None without one.

    In edition 2026-11, POST never returns a complete job (D-3). Servers of edition 2026-03 have
    no list, but their POST returns a recent export.

    Raises:
        ExportsError: The jobs could not be listed.
        OutOfTimeError: The deadline comes before the next attempt.
    """
    try:
        listed = yield from caller.call(api.list_request(ref), api.interpret_list)
    except (NotFoundError, UnsupportedError):
        return None
    # Ages are by the server's clock, which has set the jobs' times.
    now = listed.date or caller.context.clock.now()
    return next(
        (
            job
            for job in listed.value
            if job.status == Complete.status
            and has_filter(job, ref.filter)
            and reuse.accepts(job.created_at, now)
        ),
        None,
    )
