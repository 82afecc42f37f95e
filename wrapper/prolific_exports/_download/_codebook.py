"""Stores the questions of an export beside its archive, which does not contain their options."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from attrs import evolve

from prolific_exports._errors import ExportsError
from prolific_exports._events import CodebookNotSaved, CodebookSaved
from prolific_exports._flows._calls import Context
from prolific_exports._flows._codebooks import codebook_of
from prolific_exports._flows._effects import Flow, Run
from prolific_exports._flows._policy import Policy
from prolific_exports._model._codebook import Codebook
from prolific_exports._model._references import ExportRef


def save_codebook(
    ref: ExportRef,
    archive: Path,
    store: Callable[[Codebook, Path], Path],
    context: Context,
    policy: Policy,
) -> Flow[None]:
    """Read the questions and store them; report a failure as an event instead of raising it.

    The archive is saved by then. So all attempts together get no more time than one call.
    """
    limited = evolve(policy, timeout=min(policy.timeout, policy.call_timeout))
    try:
        codebook = yield from codebook_of(ref, context, limited)
        path: Path = yield Run(partial(store, codebook, archive))
    except ExportsError as error:
        context.notify(CodebookNotSaved(ref, error))
    else:
        context.notify(CodebookSaved(ref, path))
