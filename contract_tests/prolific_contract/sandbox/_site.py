"""The sandbox as one function from request to response, and the state behind it."""

from collections.abc import Callable
from functools import cache
from itertools import count

from attrs import frozen

from prolific_contract._vocabulary import Edition
from prolific_contract.sandbox._api import ExportApi
from prolific_contract.sandbox._archive_files import ArchiveShelf
from prolific_contract.sandbox._clock import Clock, SystemClock
from prolific_contract.sandbox._http import Call, Reply, json_reply
from prolific_contract.sandbox._jobs import JobBook
from prolific_contract.sandbox._settings import SandboxSettings
from prolific_contract.sandbox._signing import UrlSigner
from prolific_contract.sandbox._store import STORE_PREFIX, ObjectStore
from prolific_contract.sandbox._text import http_date

CONTRACT_PATH = "/openapi.json"


@frozen
class _World:
    """What one set of settings brought into being; a reset makes a new one."""

    settings: SandboxSettings
    shelf: ArchiveShelf
    api: ExportApi
    store: ObjectStore


class Site:
    """A sandbox without a server. Safe to use from several threads."""

    def __init__(
        self,
        settings: SandboxSettings | None = None,
        clock: Clock | None = None,
        *,
        open_book: Callable[..., JobBook] = JobBook,
    ) -> None:
        """Create it.

        Args:
            settings: How it behaves; None for the defaults.
            clock: Where it takes the time from; None for the machine's.
            open_book: Makes the job book of each set of settings.
        """
        self._clock = SystemClock() if clock is None else clock
        self._open_book = open_book
        # Shared by all worlds: an export id is never given twice.
        self._serials = count()
        self._world = self._new_world(SandboxSettings() if settings is None else settings)

    @property
    def settings(self) -> SandboxSettings:
        """The settings in force."""
        return self._world.settings

    def answer(self, call: Call) -> Reply:
        """Answer a request. May take a while: the first download builds the archive."""
        world = self._world
        now = self._clock.now()
        if call.path.startswith(STORE_PREFIX):
            reply = world.store.answer(call, now)
        elif call.path == CONTRACT_PATH and call.method in ("GET", "HEAD"):
            reply = _contract_reply(world.settings.edition)
        else:
            reply = world.api.answer(call, now)
        return Reply(reply.status, (*reply.headers, ("Date", http_date(now))), reply.body)

    def reset(self, settings: SandboxSettings | None = None) -> None:
        """Forget every job and archive.

        Args:
            settings: New settings; None keeps those in force.
        """
        old = self._world
        self._world = self._new_world(old.settings if settings is None else settings)
        old.shelf.close()

    def close(self) -> None:
        """Delete what is on disk."""
        self._world.shelf.close()

    def _new_world(self, settings: SandboxSettings) -> _World:
        jobs = self._open_book(
            settings.edition, settings.generation_time, settings.seed, self._serials
        )
        secret = f"sandbox/{settings.seed}/{settings.token}".encode()
        signer = UrlSigner(secret, settings.url_lifetime)
        shelf = ArchiveShelf(settings)
        return _World(
            settings,
            shelf,
            ExportApi(settings, jobs, signer),
            ObjectStore(jobs, signer, shelf.stored_object),
        )


@cache
def _contract_reply(edition: Edition) -> Reply:
    # Most runs never need it.
    from prolific_contract.spec import build  # noqa: PLC0415
    from prolific_contract.spec._files import load_sources  # noqa: PLC0415

    return json_reply(200, build(*load_sources(), edition))
