"""From a job to a verified archive at its place: the pure part of a download."""

import os
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from attrs import define, evolve, field, frozen

from prolific_exports._download._part_events import PartEvents
from prolific_exports._download._rate import Rate
from prolific_exports._download._store_answers import Follow, Refuse, Step, Take, Transfer, Verdict
from prolific_exports._download._workspace import CHECKPOINT_INTERVAL, System, Workspace
from prolific_exports._errors import (
    ArchiveError,
    CorruptArchiveError,
    DownloadError,
    UnsafeUrlError,
)
from prolific_exports._events import (
    Downloading,
    Refreshed,
    Resuming,
    Retrying,
    Saved,
    StartedOver,
    Verifying,
)
from prolific_exports._flows._calls import Context
from prolific_exports._flows._effects import Fetch, FetchAll, Fetched, Flow, Head, Run, Sleep
from prolific_exports._flows._jobs import delete_saved
from prolific_exports._flows._policy import Policy, backoff, retry_after
from prolific_exports._flows._polling import PendingExport, wait
from prolific_exports._model._content_coding import CodingError, Decoder
from prolific_exports._model._urls import resolve_redirect, unsafe_reason

# Bytes of a part at least, where there are several connections; the first has so many.
SMALLEST_PART = 1024 * 1024
_MAX_REDIRECTS: Final = 5
_PROGRESS_INTERVAL: Final = 0.1
# How often an archive is fetched whose checksums do not match.
_MAX_FETCHES: Final = 2
# A request counts as a failure however it ends, unless it brings so many bytes or this share of
# the archive: one byte each would otherwise be progress for years.
_PROGRESS: Final = 64 * 1024
_PROGRESS_SHARE: Final = 100
# Archives that the store compresses: as for the members of an archive, what grows more than
# this is made to fill disks.
_COMPRESSION_RATIO: Final = 200
_COMPRESSION_FREE: Final = 100 * 1024 * 1024


@frozen
class Options:
    """How an archive is downloaded.

    Attributes:
        overwrite: Whether a file at the target may be replaced.
        connections: How many parts of the archive are fetched at once, at most.
        delete_after: Whether to delete the job on the server once its archive is verified
            and at the target.
        verify: Raises a `CorruptArchiveError` for a file that is not a whole ZIP, and is
            asked before the file gets its name; None to leave that out.
    """

    overwrite: bool = False
    verify: Callable[[Path], object] | None = None
    connections: int = 1
    delete_after: bool = False


def download(
    job: PendingExport,
    path: str | os.PathLike[str] | None,
    context: Context,
    policy: Policy,
    *,
    options: Options,
    system: System,
    part_events: PartEvents | None = None,
) -> Flow[Path]:
    """Wait for the archive, fetch it, verify it, put it at its place.

    What an earlier run left is gone on with; what this one leaves, another can.

    Args:
        job: What to download.
        path: A file or folder; None means the working directory.
        context: Clock, chance, secrets, events.
        policy: How patiently to wait.
        options: How to download.
        system: Files and processes.
        part_events: Where events go; None for one of the thread that runs the flow.

    Returns:
        The target. The file there is whole and verified.

    Raises:
        DownloadError: Nothing is at the target, or what was there before.
        ArchiveError: What the store sends is not a whole ZIP.
        ExportsError: Anything that waiting raises.
    """
    part_events = part_events or PartEvents(context.notify)
    context = evolve(context, notify=part_events.put)
    # Not a Run: between its end and the `try` nothing may come that could lose the claim.
    room = Workspace.open(job, path, system, context.clock.now(), overwrite=options.overwrite)
    try:
        if room.finished is None:
            yield from _Download(job, context, policy, room, options, part_events).run()
            yield Run(partial(room.publish, overwrite=options.overwrite))
        elif options.delete_after and options.verify is not None:
            # The earlier run may have been one that did not verify.
            yield Run(partial(options.verify, room.target), reads_only=True)
        size = room.received if room.finished is None else room.finished
    finally:
        room.close()
    context.notify(Saved(job.ref, room.target, size))
    if options.delete_after:
        saved = job.export_id if room.finished is None else room.finished_export
        deleted = yield from delete_saved(evolve(job.ref, export_id=saved), context, policy)
        if deleted and saved == job.export_id:
            job.note_deletion()
    return room.target


@define
class _Part:
    """One request for bytes that are missing.

    Attributes:
        transfer: Where it begins and ends, and how far it has come.
        verdict: What its answer means; None without one.
        decoder: What undoes the compression of its body; None where there is none.
    """

    transfer: Transfer
    verdict: Verdict | None = None
    decoder: Decoder | None = None


@define
class _Download:
    """One archive on its way."""

    job: PendingExport
    context: Context
    policy: Policy
    room: Workspace
    options: Options
    part_events: PartEvents
    url: str = field(default="", repr=False)
    failures: int = 0
    restarts: int = 0
    refreshed_at: int | None = None
    gained: int = 0
    inherited: int = 0
    resumed_from: int = 0
    rate: Rate = field(factory=Rate)
    reported: float = float("-inf")
    recorded: float = field(init=False)
    connections: int = field(init=False)
    active: int = 1
    # Parts that arrive at once call back from several threads.
    lock: threading.Lock = field(factory=threading.Lock)

    def __attrs_post_init__(self) -> None:
        self.recorded = self.context.clock.monotonic()
        self.inherited = self.room.received
        self.connections = self.options.connections

    def run(self) -> Flow[None]:
        room, verify = self.room, self.options.verify
        if room.reason:
            self._tell_restart(room.reason)
        yield from self._get_ready()
        fetches = 0
        while True:
            fetches += 1
            yield from self._fetch()
            yield Run(room.finish)
            if verify is None:
                break
            self.context.notify(Verifying(self.job.ref, room.received))
            problem = yield Run(partial(self._problem, verify), reads_only=True)
            if problem is None:
                break
            if not isinstance(problem, CorruptArchiveError):
                raise problem
            room.forget()
            if fetches == _MAX_FETCHES:
                raise problem
            self._tell_restart("what arrived is not a whole archive")

    def _problem(self, verify: Callable[[Path], object]) -> ArchiveError | None:
        """The error for the archive that arrived, in which a server may name anything."""
        try:
            verify(self.room.part)
        except ArchiveError as error:
            # Users know the destination, not the partial file.
            message = str(error).replace(str(self.room.part), str(self.room.target))
            redactor = self.context.redactor
            problem = type(error)(f"{redactor.known(message)} Nothing was saved.")
            problem.__cause__ = error.__cause__ and redactor.cause(error.__cause__)
            return problem
        return None

    def _get_ready(self) -> Flow[None]:
        """Get a URL for what is there, or for a new job's archive."""
        job, before = self.job, self.job.export_id
        self.url = (yield from wait(job, self.context, self.policy)).url
        if before is not None and job.export_id != before and self.room.received:
            self._restart("the export job is gone, a new one was requested", None)

    def _fetch(self) -> Flow[None]:
        """Get every byte that is missing."""
        while parts := self._plan():
            self.active, self.gained = len(parts), 0
            if len(parts) == 1:
                answers = [(yield from self._get(parts[0]))]
            else:
                self._check(self.url)
                fetches = tuple(self._ask(self.url, part) for part in parts)
                answers = yield FetchAll(fetches, self.part_events.deliver)
            part, fetched = max(zip(parts, answers, strict=True), key=_gravity)
            yield from self._settle(part, fetched)
        self._report()

    def _plan(self) -> list[_Part]:
        """What to ask for next; nothing when nothing is missing."""
        room = self.room
        total, etag, holes = room.total, room.etag, room.good.holes(room.total)
        if not holes:
            return []
        start, stop = holes[0]
        if etag is None or start == 0:
            # Without a tag, nobody could tell that the rest belongs to the bytes that are
            # there. With more connections, a first part shows whether the store sends parts.
            end = SMALLEST_PART if self.connections > 1 else None
            return [_Part(Transfer(room.received, total, etag, end))]
        if self.connections == 1 or total is None:
            return [_Part(Transfer(start, total, etag, None if stop == total else stop))]
        size = max(-(-(total - room.received) // self.connections), SMALLEST_PART)
        cuts = [
            (first, min(first + size, last or total))
            for begin, last in holes
            for first in range(begin, last or total, size)
        ]
        return [
            _Part(Transfer(first, total, etag, last)) for first, last in cuts[: self.connections]
        ]

    def _settle(self, part: _Part, fetched: Fetched) -> Flow[None]:
        """Do what follows from how a request ended."""
        match part.verdict:
            case Take():
                yield from self._take_stock(part, fetched)
            case Refuse(reason=reason):
                raise self._error(reason, fetched)
            case Step.WHOLE:
                self.room.confirm_size()
            case Step.RESTART:
                self._restart("the archive changed on the way", fetched)
            case Step.UNCUT:
                self.connections = 1
                self._restart("the store compresses the archive", fetched)
            case Step.REFRESH:
                yield from self._refresh(fetched)
            case Follow():
                # Each part would have to be led there; one connection is.
                self.connections = 1
            case _:
                if fetched.permanent:
                    raise self._error(fetched.failure or "", fetched)
                status = fetched.head.status if fetched.head else None
                reason = fetched.failure or f"the store answered {status}"
                yield from self._pause(reason, fetched)

    def _take_stock(self, part: _Part, fetched: Fetched) -> Flow[None]:
        """After a body: everything, too much or too little."""
        room, transfer, failure = self.room, part.transfer, fetched.failure
        if failure is None and part.decoder is not None and not part.decoder.is_complete:
            failure = "the compressed archive ends too soon"
        if room.total is None and transfer.end is None and failure is None:
            room.total = transfer.received
        limit = room.total if transfer.end is None else transfer.end
        if limit is not None and transfer.received > limit:
            self._restart("more bytes arrived than announced", None)
        elif limit is None or transfer.received < limit:
            too_few = f"{room.received} of {room.total} bytes arrived"
            yield from self._pause(failure or too_few, None)

    def _get(self, part: _Part) -> Flow[Fetched]:
        """One request, and those that its redirects lead to."""
        url = self.url
        for _ in range(_MAX_REDIRECTS + 1):
            self._check(url)
            fetched: Fetched = yield self._ask(url, part)
            if not isinstance(part.verdict, Follow):
                return fetched
            url = resolve_redirect(url, part.verdict.location)
        raise DownloadError(
            f"The download URL of {self.job.ref} redirects more than {_MAX_REDIRECTS} times."
        )

    def _check(self, url: str) -> None:
        reason = unsafe_reason(url)
        if reason:
            raise UnsafeUrlError(
                f"The download URL of {self.job.ref} is not followed: {reason} "
                f"({self._shown(url)})."
            )

    def _ask(self, url: str, part: _Part) -> Fetch:
        part.verdict = part.decoder = None
        self.context.redactor.learn(url)
        return Fetch(
            url,
            part.transfer.headers(),
            self.policy.stall_timeout,
            partial(self._accept, part),
            partial(self._write, part),
        )

    def _accept(self, part: _Part, head: Head) -> bool:
        with self.lock:
            return self._accept_alone(part, head)

    def _accept_alone(self, part: _Part, head: Head) -> bool:
        part.verdict = verdict = part.transfer.judge(head)
        if not isinstance(verdict, Take):
            return False
        room = self.room
        if verdict.offset == 0 and self.active > 1:
            # All of it, to somebody who asked for a part.
            self.connections, part.verdict = 1, Step.RESTART
            return False
        if verdict.offset == 0:
            if verdict.etag is None:
                self.connections = 1
            if "content-range" not in head.headers:
                self.connections, part.transfer.end = 1, None
            elif part.transfer.end is not None and verdict.total is not None:
                part.transfer.end = min(part.transfer.end, verdict.total)
            if room.received:
                self.restarts += 1
                self._tell_restart("the store does not send the rest alone")
            room.begin(verdict.total, verdict.etag)
        else:
            room.total = verdict.total
            if self.inherited:
                self.resumed_from, self.inherited = self.inherited, 0
                self.context.notify(Resuming(self.job.ref, self.resumed_from, room.total))
                room.check_space()
        if verdict.codings:
            part.decoder = Decoder(verdict.codings, _COMPRESSION_FREE, _COMPRESSION_RATIO)
        part.transfer.begin(verdict)
        return True

    def _write(self, part: _Part, data: bytes | memoryview) -> None:
        with self.lock:
            if part.decoder is None:
                self._write_alone(part.transfer, data)
                return
            try:
                for piece in part.decoder.feed(data):
                    self._write_alone(part.transfer, piece)
            except CodingError as error:
                raise self._error(f"the store compresses it, and {error}", None) from error

    def _write_alone(self, transfer: Transfer, data: bytes | memoryview) -> None:
        start = transfer.received
        transfer.received += len(data)
        limit = self.room.total if transfer.end is None else transfer.end
        if limit is not None and transfer.received > limit:
            return
        self.room.write(start, data)
        self.gained += len(data)
        self.refreshed_at = None
        if self.gained >= self._least_progress():
            self.failures = 0
        now = self.context.clock.monotonic()
        if now - self.reported >= _PROGRESS_INTERVAL:
            self._report()
        if now - self.recorded >= CHECKPOINT_INTERVAL:
            self.recorded = now
            self.room.checkpoint()

    def _least_progress(self) -> int:
        """Bytes that a request has to bring if it is not to count as a failure."""
        total = self.room.total
        return _PROGRESS if total is None else min(_PROGRESS, -(-total // _PROGRESS_SHARE))

    def _report(self) -> None:
        self.reported = now = self.context.clock.monotonic()
        received = self.room.received
        self.rate.measure(now, received)
        self.context.notify(
            Downloading(
                self.job.ref,
                received,
                self.room.total,
                rate=self.rate.value,
                connections=self.active,
                resumed_from=self.resumed_from,
            )
        )

    def _pause(self, reason: str, fetched: Fetched | None) -> Flow[None]:
        """Wait before the next try, or give up after too many without progress between them."""
        self.failures += 1
        if self.failures >= self.policy.max_failures:
            raise self._error(f"{reason}, {self.failures} times in a row", fetched)
        # Bytes reset the count of failures, so starting over has a bound of its own.
        if self.restarts >= self.policy.max_failures:
            raise self._error(f"{reason}, after {self.restarts} starts from byte 0", fetched)
        headers = fetched.head.headers if fetched and fetched.head else {}
        asked = retry_after(
            headers.get("retry-after"), headers.get("date"), self.context.clock.now()
        )
        # The number of tries bounds the pauses that nobody asked for.
        if asked is not None and asked > self.policy.timeout:
            raise self._error(f"{reason}, and asks to wait {asked:g} s", fetched)
        delay = backoff(self.failures, self.context.random) if asked is None else asked
        stopped = DownloadError(f"The download of {self.job.ref} stopped: {self._shown(reason)}.")
        self.context.notify(Retrying(self.job.ref, stopped, delay))
        yield Sleep(delay)

    def _restart(self, reason: str, fetched: Fetched | None) -> None:
        self.restarts += 1
        self.room.forget()
        if self.restarts >= self.policy.max_failures:
            raise self._error(f"{reason}, after {self.restarts} starts from byte 0", fetched)
        self._tell_restart(reason)

    def _tell_restart(self, reason: str) -> None:
        self.inherited = self.resumed_from = 0
        self.context.notify(StartedOver(self.job.ref, reason))

    def _refresh(self, fetched: Fetched) -> Flow[None]:
        """A fresh URL; only one unless bytes have arrived since the last."""
        if self.refreshed_at == self.room.received:
            status = fetched.head.status if fetched.head else "nothing"
            raise self._error(f"the store answered {status} to a fresh URL", fetched)
        self.failures += 1
        if self.failures >= self.policy.max_failures:
            status = fetched.head.status if fetched.head else "nothing"
            raise self._error(
                f"the store answered {status}, after {self.failures} failures in a row", fetched
            )
        self.refreshed_at = self.room.received
        self.job.state = None
        self.context.notify(Refreshed(self.job.ref, self.room.received))
        yield from self._get_ready()

    def _shown(self, text: str) -> str:
        """Words of the store or the API, fit to be shown."""
        return self.context.redactor.excerpt(text)

    def _error(self, reason: str, fetched: Fetched | None) -> DownloadError:
        said = self.context.redactor.excerpt(fetched.evidence) if fetched else ""
        if "\ufffd" in said:
            # Not text, so probably a part of an archive: that explains nothing.
            said = ""
        return DownloadError(
            f"The archive of {self.job.ref} could not be downloaded: {self._shown(reason)}"
            + (f". It said: {said}" if said else ".")
            + self.room.advice()
        )


def _gravity(ended: tuple[_Part, Fetched]) -> int:
    """Which of several answers decides how to go on."""
    part, fetched = ended
    if fetched.permanent:
        return 6
    match part.verdict:
        case Refuse():
            return 5
        case Step.RESTART | Step.UNCUT:
            return 4
        case Step.REFRESH:
            return 3
        case Take():
            short = part.transfer.end is None or part.transfer.received < part.transfer.end
            return int(fetched.failure is not None or short)
        case _:
            return 2
