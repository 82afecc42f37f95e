"""Which exports of a token come next, which wait for a free place, which jobs are deleted.

The queue performs nothing. It feeds the flows of `ManyFlows`, whose scheduler sends deletions
first, then requests, then polls, within one rate budget.
"""

from collections import deque
from collections.abc import Callable, Iterable
from datetime import datetime
from itertools import count
from typing import Generic, Literal, TypeAlias, TypeVar

from attrs import define, field, frozen

from prolific_exports._errors import (
    AccessDeniedError,
    AuthenticationError,
    ExportsError,
    TooManyExportsError,
)
from prolific_exports._flows._effects import FlowOutcome, Start
from prolific_exports._model._references import ExportRef

T = TypeVar("T")

ExportEnding: TypeAlias = Literal["saved", "failed", "blocked", "skipped"]
"""How an export ended: ``blocked`` by the limit of jobs, ``skipped`` with its workspace."""


@frozen
class PlannedExport:
    """An export that a run is to make.

    Attributes:
        ref: What to export, without the id of a job.
        workspace_id: The workspace of the collection or batch.
        synced_to: The server's time to which the export has all responses.
    """

    ref: ExportRef
    workspace_id: str
    synced_to: datetime


@frozen
class EndedExport(Generic[T]):
    """How an export ended.

    Attributes:
        planned: The export.
        ending: How it ended.
        result: What its flow returned; None unless it was saved.
        error: Why there is no result; None if there is one.
    """

    planned: PlannedExport
    ending: ExportEnding
    result: T | None = None
    error: ExportsError | None = None


@define
class ExportQueue(Generic[T]):
    """Orders the exports and deletions of one token.

    An export that the limit of jobs blocks is tried again at the end, once: other users delete
    their jobs meanwhile. After a 401 or 403, no other export of that workspace begins.

    Attributes:
        export: Begins the flow of an export.
        delete: Begins the flow that deletes a job.
        waiting: The flows that have not begun, for `ManyFlows`.
    """

    export: Callable[[PlannedExport], Start[T]]
    delete: Callable[[ExportRef], Start[T]]
    waiting: deque[tuple[int, Start[T]]] = field(factory=deque, init=False)
    _numbers: "count[int]" = field(factory=count, init=False)
    _exports: dict[int, PlannedExport] = field(factory=dict, init=False)
    _blocked: list[PlannedExport] = field(factory=list, init=False)
    _is_last_round: bool = field(default=False, init=False)

    def add(self, exports: Iterable[PlannedExport]) -> None:
        """Plan exports after those that wait already."""
        for planned in exports:
            number = next(self._numbers)
            self._exports[number] = planned
            self.waiting.append((number, self.export(planned)))

    def add_deletion(self, ref: ExportRef) -> None:
        """Plan to delete a job, before any export: each deletion frees a place."""
        self.waiting.appendleft((next(self._numbers), self.delete(ref)))

    def settle(self, number: int, outcome: FlowOutcome[T]) -> list[EndedExport[T]]:
        """Take note of how a flow ended.

        Args:
            number: The flow's number in ``waiting``.
            outcome: Its result, or why it failed.

        Returns:
            The exports that have ended: none if the flow deleted a job or will be tried again,
            several if those of its workspace are skipped.
        """
        planned = self._exports.pop(number, None)
        if planned is None:
            return []
        match outcome:
            case TooManyExportsError() if not self._is_last_round:
                self._blocked.append(planned)
                return []
            case TooManyExportsError():
                return [EndedExport(planned, "blocked", error=outcome)]
            case AuthenticationError() | AccessDeniedError():
                failed = EndedExport[T](planned, "failed", error=outcome)
                return [failed, *self._skip(planned.workspace_id, outcome)]
            case ExportsError():
                return [EndedExport(planned, "failed", error=outcome)]
            case _:
                return [EndedExport(planned, "saved", result=outcome)]

    def retry_blocked(self) -> bool:
        """Plan the blocked exports again, once; return whether there are any."""
        blocked, self._blocked = self._blocked, []
        self._is_last_round = True
        self.add(blocked)
        return bool(blocked)

    def _skip(self, workspace_id: str, error: ExportsError) -> list[EndedExport[T]]:
        skipped: list[EndedExport[T]] = []
        # The same deque: `ManyFlows` holds it.
        for _ in range(len(self.waiting)):
            number, start = self.waiting.popleft()
            planned = self._exports.get(number)
            if planned is not None and planned.workspace_id == workspace_id:
                del self._exports[number]
                skipped.append(EndedExport(planned, "skipped", error=error))
            else:
                self.waiting.append((number, start))
        return skipped
