"""What a run has to export: the resources of the workspaces that are due."""

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final, TypeVar

from attrs import field, frozen

from prolific_exports._client_base import ClientFlows
from prolific_exports._errors import ExportsError, NotFoundError
from prolific_exports._flows._effects import Flow
from prolific_exports._flows._scheduler import Scheduler
from prolific_exports._http._sync_driver import SyncDriver
from prolific_exports._http._sync_many import ManyFlows
from prolific_exports._model._listed_resources import Resource
from prolific_exports._model._references import ExportRef, Kind
from prolific_exports._sync._export_queue import PlannedExport
from prolific_exports._sync._one_export import ServerFacts, read_server_facts
from prolific_exports._sync._windows import ResourceKey, ResourceState, is_due, next_window

T = TypeVar("T")

# How many resources are asked whether the server lists jobs.
_MOST_ASKED: Final = 5


@frozen
class Agenda:
    """What a run has to export.

    Attributes:
        exports: What is due.
        not_due: How many resources are not due.
        unlisted: Why some workspaces could not be listed, by their ids.
        has_filters: Whether the server is of edition 2026-11.
    """

    exports: Sequence[PlannedExport]
    not_due: int
    unlisted: Mapping[str, ExportsError]
    has_filters: bool


@frozen
class Selection:
    """Which resources to keep in a dataset, and which of their responses a run exports.

    Attributes:
        workspaces: Ids of the workspaces; none for all of the account.
        kinds: Collections, batches or both.
        only: Ids of the resources; none for all of the workspaces.
        lag: How much earlier than the last export a window begins.
        reconcile: Whether to export everything.
    """

    workspaces: Sequence[str]
    kinds: Sequence[Kind]
    only: frozenset[str]
    lag: timedelta
    reconcile: bool

    def agenda(
        self,
        flows: ClientFlows,
        driver: SyncDriver,
        scheduler: Scheduler[int],
        states: Mapping[ResourceKey, ResourceState],
    ) -> Agenda:
        """List the resources, and choose those that are due.

        Args:
            flows: Makes the flows.
            driver: Carries out their effects.
            scheduler: Sends their requests within the rate.
            states: What the dataset has.

        Raises:
            ExportsError: The workspaces could not be listed, or a call failed for no resource in
                particular.
        """
        lister = _Lister(self, flows, driver, scheduler)
        found = lister.find()
        facts = lister.server_facts(found)
        now = facts.now or flows.clock.now()
        due: dict[ResourceKey, PlannedExport] = {}
        not_due = 0
        for workspace_id, one in found:
            state = states.get((one.kind, one.id))
            if self.reconcile or is_due(state, now):
                planned = self._planned(workspace_id, one, state, now, facts)
                due.setdefault((one.kind, one.id), planned)
            else:
                not_due += 1
        return Agenda(list(due.values()), not_due, lister.unlisted, facts.has_filters)

    def _planned(
        self,
        workspace_id: str,
        one: Resource,
        state: ResourceState | None,
        now: datetime,
        facts: ServerFacts,
    ) -> PlannedExport:
        filter_ = next_window(state, now, self.lag, reconcile=self.reconcile)
        ref = ExportRef(one.kind, one.id, filter=filter_ if facts.has_filters else None)
        return PlannedExport(ref, workspace_id, now.replace(microsecond=0))


@frozen
class _Lister:
    """Lists resources, one request at a time."""

    selection: Selection
    flows: ClientFlows
    driver: SyncDriver
    scheduler: Scheduler[int]
    unlisted: dict[str, ExportsError] = field(factory=dict, init=False)

    def find(self) -> list[tuple[str, Resource]]:
        """The resources of the workspaces."""
        found: list[tuple[str, Resource]] = []
        only = self.selection.only
        for workspace_id in self._workspaces():
            try:
                listed = list(self._resources(workspace_id))
            except ExportsError as error:
                self.unlisted[workspace_id] = error
                continue
            found += [(workspace_id, one) for one in listed if not only or one.id in only]
        return found

    def server_facts(self, found: Sequence[tuple[str, Resource]]) -> ServerFacts:
        """What the server can do, learnt from the first resource to which there is access.

        Raises:
            ExportsError: There is access to none of the first ones.
        """
        failures: list[ExportsError] = []
        for _, one in found[:_MOST_ASKED]:
            ref = ExportRef(one.kind, one.id)
            try:
                return self._call(read_server_facts(ref, self.flows.context, self.flows.policy))
            except ExportsError as error:
                failures.append(error)
        for failure in failures:
            # One resource that is gone says nothing. A server without lists has none of all.
            if not isinstance(failure, NotFoundError):
                raise failure
        return ServerFacts(has_filters=not found, now=None)

    def _workspaces(self) -> Iterable[str]:
        if self.selection.workspaces:
            yield from self.selection.workspaces
            return
        pages = self.flows.workspaces()
        while not pages.done:
            yield from [one.id for one in self._call(self.flows.next_page(pages))]

    def _resources(self, workspace_id: str) -> Iterator[Resource]:
        for kind in self.selection.kinds:
            pages = self.flows.resources(kind, workspace_id)
            while not pages.done:
                yield from self._call(self.flows.next_page(pages))

    def _call(self, flow: Flow[T]) -> T:
        """Run one flow within the rate."""
        events = self.flows.part_events()
        many = ManyFlows(self.driver, self.scheduler, deque([(0, lambda: (flow, events))]), 1)
        [(_, outcome)] = many.run()
        if isinstance(outcome, ExportsError):
            raise outcome
        return outcome
