"""The sandbox with one fault."""

import threading
from collections import Counter
from itertools import count
from typing import Any, Final

from attrs import evolve

from prolific_contract._vocabulary import MANAGING, Action, Address, Edition, Kind, address_of
from prolific_contract.sandbox import _resources as known
from prolific_contract.sandbox._by_name import refuse_other_editions
from prolific_contract.sandbox._clock import Clock, SystemClock
from prolific_contract.sandbox._editable_jobs import OpenBook
from prolific_contract.sandbox._http import Call, Reply
from prolific_contract.sandbox._random import Draw
from prolific_contract.sandbox._settings import SandboxSettings
from prolific_contract.sandbox._site import Site
from prolific_contract.sandbox._store import STORE_PREFIX, export_id_of
from prolific_contract.sandbox._text import http_date
from prolific_contract.sandbox.mutants._fault import Mutant
from prolific_contract.sandbox.mutants._faulty_request import Turn

_LATE: Final = 3
_CHANCE: Final = 0.5


class MutatedSite(Site):
    """A sandbox that is right but for one fault. Safe to use from several threads."""

    def __init__(
        self, mutant: Mutant, settings: SandboxSettings | None = None, clock: Clock | None = None
    ) -> None:
        """Create it.

        Args:
            mutant: The fault and where it is.
            settings: How it behaves otherwise; None for the defaults.
            clock: Where it takes the time from; None for the machine's.

        Raises:
            SandboxError: The settings' edition has no such fault.
        """
        self._mutant = mutant
        clock = SystemClock() if clock is None else clock
        self._moment = clock.now
        self._turns = threading.Lock()
        super().__init__(settings, clock, open_book=self._begin)

    def answer(self, call: Call) -> Reply:
        """Answer a request.

        Raises:
            NoReplyError: The fault is not to give one.
        """
        # One at a time: a fault remembers what it did, and chance has its order.
        with self._turns:
            turn = self._turn(call)
            if turn is None:
                return super().answer(call)
            if not self._shows(turn):
                return turn.reply()
            reply = self._behave(turn)
        if reply.header("Date") is not None:
            return reply
        return evolve(reply, headers=(*reply.headers, ("Date", http_date(turn.now))))

    def reset(self, settings: SandboxSettings | None = None) -> None:
        """Forget every job and archive, and what the fault remembers.

        Args:
            settings: New settings; None keeps those in force.
        """
        with self._turns:
            super().reset(settings)

    def _turn(self, call: Call) -> Turn | None:
        """What the fault has to see of a request; None when it is none of its business."""
        named = self._named(call)
        if named is None:
            return None
        address, action = named
        operation = self._mutant.operation
        if address.kind != operation.kind or action not in self._watched:
            return None
        resource = self.settings.resource(address.kind, address.resource_id)
        return Turn(
            call=call,
            kind=address.kind,
            action=action,
            resource_id=address.resource_id,
            export_id=address.export_id,
            forbidden=resource is not None and resource.fate is known.Fate.FORBIDDEN,
            token=self.settings.token,
            book=self._book,
            jobs_before=self._book.of(address.kind, address.resource_id),
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
            if asked is None or (asked.action in MANAGING and self._edition == "2026-03"):
                asked = address.operation
            return address, asked.action
        job = self._book.find(export_id_of(call.path))
        if job is None:
            return None
        return Address(job.kind, job.resource_id, job.export_id), "archive"

    def _shows(self, turn: Turn) -> bool:
        shows = self._mutant.shows
        if shows == "late":
            asked = turn.action in ("status", "list") and turn.authorized
            what = turn.export_id or turn.resource_id
            self._asked.update([what] if asked else [])
            return asked and self._asked[what] >= _LATE
        if shows == "second":
            if turn.action == "request":
                turn.reply()
            ids = self._book.ever(turn.kind, turn.resource_id)
            return len(ids) > 1 and turn.export_id != ids[0]
        draw = Draw(self.settings.seed, self._mutant.name, turn.number)
        return shows == "always" or draw.happens(_CHANCE)

    def _begin(self, edition: Edition, *order: Any) -> OpenBook:
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
        self._book = OpenBook(edition, *order, fates=fates)
        return self._book
