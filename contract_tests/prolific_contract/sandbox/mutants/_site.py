"""A sandbox with one fault."""

import threading
from collections import Counter
from itertools import count
from typing import Any, Final

from attrs import evolve

from prolific_contract._vocabulary import (
    MANAGEMENT_ACTIONS,
    Action,
    Address,
    Edition,
    Kind,
    address_of,
)
from prolific_contract.sandbox import _resources as known
from prolific_contract.sandbox._clock import SandboxClock, SteadyClock
from prolific_contract.sandbox._editable_jobs import EditableJobs
from prolific_contract.sandbox._http import Call, Reply
from prolific_contract.sandbox._lookup import refuse_other_editions
from prolific_contract.sandbox._random import SeededChoices
from prolific_contract.sandbox._settings import SandboxSettings
from prolific_contract.sandbox._site import Site
from prolific_contract.sandbox._store import STORE_PREFIX, export_id_of
from prolific_contract.sandbox._text import http_date
from prolific_contract.sandbox.mutants._fault import Mutant
from prolific_contract.sandbox.mutants._faulty_request import FaultyRequest

_LATE: Final = 3
_CHANCE: Final = 0.5


class MutatedSite(Site):
    """A sandbox with exactly one fault. Safe to use from several threads."""

    def __init__(
        self,
        mutant: Mutant,
        settings: SandboxSettings | None = None,
        clock: SandboxClock | None = None,
    ) -> None:
        """Create the sandbox.

        Args:
            mutant: The fault, and the operation that has it.
            settings: None uses the defaults.
            clock: None uses the machine's clock.

        Raises:
            SandboxError: The fault does not exist in the settings' edition.
        """
        self._mutant = mutant
        clock = SteadyClock() if clock is None else clock
        self._moment = clock.now
        self._requests_lock = threading.Lock()
        super().__init__(settings, clock, make_jobs=self._begin)

    def answer(self, call: Call) -> Reply:
        """Answer a request.

        Raises:
            NoReplyError: The fault breaks the connection instead of replying.
        """
        # One at a time, because faults have state and random choices depend on the order.
        with self._requests_lock:
            request = self._faulty_request(call)
            if request is None:
                return super().answer(call)
            if not self._is_triggered(request):
                return request.reply()
            reply = self._behave(request)
        if reply.header("Date") is not None:
            return reply
        return evolve(reply, headers=(*reply.headers, ("Date", http_date(request.now))))

    def reset(self, settings: SandboxSettings | None = None) -> None:
        """Discard all jobs, archives and the fault's state.

        Args:
            settings: New settings; None keeps the current ones.
        """
        with self._requests_lock:
            super().reset(settings)

    def _faulty_request(self, call: Call) -> FaultyRequest | None:
        """The request as the fault sees it; None if the fault does not watch its operation."""
        named = self._named(call)
        if named is None:
            return None
        address, action = named
        operation = self._mutant.operation
        if address.kind != operation.kind or action not in self._watched:
            return None
        resource = self.settings.resource(address.kind, address.resource_id)
        return FaultyRequest(
            call=call,
            kind=address.kind,
            action=action,
            resource_id=address.resource_id,
            export_id=address.export_id,
            exists=resource is not None,
            forbidden=resource is not None and resource.fate is known.Fate.FORBIDDEN,
            token=self.settings.token,
            jobs=self._editable_jobs,
            jobs_before=self._editable_jobs.of(address.kind, address.resource_id),
            now=self._moment(),
            number=next(self._numbers),
            clean=super().answer,
        )

    def _named(self, call: Call) -> tuple[Address, Action] | None:
        if not call.path.startswith(STORE_PREFIX):
            address = address_of(call.path)
            if address is None:
                return None
            asked = address.at(call.method)
            if asked is None or (asked.action in MANAGEMENT_ACTIONS and self._edition == "2026-03"):
                asked = address.operation
            return address, asked.action
        job = self._editable_jobs.find(export_id_of(call.path))
        if job is None:
            return None
        return Address(job.kind, job.resource_id, job.export_id), "archive"

    def _is_triggered(self, request: FaultyRequest) -> bool:
        trigger = self._mutant.trigger
        if trigger == "late":
            asked = request.action in ("status", "list") and request.authorized
            what = request.export_id or request.resource_id
            self._asked.update([what] if asked else [])
            return asked and self._asked[what] >= _LATE
        if trigger == "second":
            if request.action == "request":
                request.reply()
            ids = self._editable_jobs.all_ids(request.kind, request.resource_id)
            return len(ids) > 1 and request.export_id != ids[0]
        draw = SeededChoices(self.settings.seed, self._mutant.name, request.number)
        return trigger == "always" or draw.happens(_CHANCE)

    def _begin(self, edition: Edition, *arguments: Any, **options: Any) -> EditableJobs:
        refuse_other_editions(f"the mutant {self._mutant.name}", self._mutant.editions, edition)
        operation = self._mutant.operation
        self._watched: tuple[Action, ...] = (operation.action, *self._mutant.fault.watches)
        self._behave = self._mutant.fault.begin()
        self._edition = edition
        self._asked: Counter[str] = Counter()
        self._numbers = count()
        fates: dict[Kind, known.Fate] = (
            {operation.kind: known.Fate.FAILS_ONCE} if self._mutant.first_job_fails else {}
        )
        self._editable_jobs = EditableJobs(edition, *arguments, fates=fates, **options)
        return self._editable_jobs
