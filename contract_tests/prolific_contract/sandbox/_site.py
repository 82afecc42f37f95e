"""The sandbox without a server: a function from requests to responses, and its state."""

from collections.abc import Callable
from functools import cache
from itertools import count

from attrs import frozen

from prolific_contract._vocabulary import Edition
from prolific_contract.sandbox._api import ExportApi
from prolific_contract.sandbox._archive_files import ArchiveFiles
from prolific_contract.sandbox._clock import SandboxClock, SteadyClock
from prolific_contract.sandbox._http import Call, Reply, json_reply
from prolific_contract.sandbox._jobs import SandboxJobs
from prolific_contract.sandbox._resource_api import ResourceApi
from prolific_contract.sandbox._settings import SandboxSettings
from prolific_contract.sandbox._signing import UrlSigner
from prolific_contract.sandbox._store import STORE_PREFIX, ObjectStore
from prolific_contract.sandbox._text import http_date

CONTRACT_PATH = "/openapi.json"


@frozen
class _Instance:
    """The components made from one set of settings; a reset replaces them."""

    settings: SandboxSettings
    jobs: SandboxJobs
    archives: ArchiveFiles
    resources: ResourceApi
    api: ExportApi
    store: ObjectStore


class Site:
    """A sandbox without a server. Safe to use from several threads."""

    def __init__(
        self,
        settings: SandboxSettings | None = None,
        clock: SandboxClock | None = None,
        *,
        make_jobs: Callable[..., SandboxJobs] = SandboxJobs,
    ) -> None:
        """Create the sandbox.

        Args:
            settings: None uses the defaults.
            clock: None uses the machine's clock.
            make_jobs: Creates the jobs for each set of settings.
        """
        self._clock = SteadyClock() if clock is None else clock
        self._make_jobs = make_jobs
        # Shared by all instances, so that export ids are never reused.
        self._serials = count()
        self._instance = self._new_instance(SandboxSettings() if settings is None else settings)

    @property
    def settings(self) -> SandboxSettings:
        """The current settings."""
        return self._instance.settings

    @property
    def jobs(self) -> SandboxJobs:
        """The jobs since the last reset."""
        return self._instance.jobs

    @property
    def archives(self) -> ArchiveFiles:
        """The archives since the last reset."""
        return self._instance.archives

    def answer(self, call: Call) -> Reply:
        """Answer a request. The first download of a job is slow, because it builds the archive."""
        instance = self._instance
        now = self._clock.now()
        if call.path.startswith(STORE_PREFIX):
            reply = instance.store.answer(call, now)
        elif call.path == CONTRACT_PATH and call.method in ("GET", "HEAD"):
            reply = _contract_reply(instance.settings.edition)
        else:
            reply = instance.resources.answer(call) or instance.api.answer(call, now)
        return Reply(reply.status, (*reply.headers, ("Date", http_date(now))), reply.body)

    def reset(self, settings: SandboxSettings | None = None) -> None:
        """Discard all jobs and archives.

        Args:
            settings: New settings; None keeps the current ones.
        """
        old = self._instance
        self._instance = self._new_instance(old.settings if settings is None else settings)
        old.archives.close()

    def close(self) -> None:
        """Delete the archives on disk."""
        self._instance.archives.close()

    def _new_instance(self, settings: SandboxSettings) -> _Instance:
        jobs = self._make_jobs(
            settings.edition,
            settings.generation_time,
            settings.seed,
            self._serials,
            ready=settings.ready,
        )
        secret = f"sandbox/{settings.seed}/{settings.token}".encode()
        signer = UrlSigner(secret, settings.url_lifetime)
        archives = ArchiveFiles(settings)
        return _Instance(
            settings,
            jobs,
            archives,
            ResourceApi(settings),
            ExportApi(settings, jobs, signer),
            ObjectStore(jobs, signer, archives.stored_object),
        )


@cache
def _contract_reply(edition: Edition) -> Reply:
    # Most runs never need it.
    from prolific_contract.spec import shipped_contract  # noqa: PLC0415

    return json_reply(200, shipped_contract(edition))
