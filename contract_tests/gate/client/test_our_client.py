"""Our own client against every mutant: the right data or a typed error, and it ends.

The gate is strict where the client is tolerant, so many mutants do it no harm; which errors
the others end in is written down here.
"""

import os
import re
import zipfile

import pytest
from helpers.resource_client import TIMEOUT, TOKEN, ResourceClient
from prolific_contract.sandbox import SandboxSettings
from prolific_contract.sandbox.mutants import MUTANTS, MutatedSite
from prolific_contract.sandbox.variants import VARIANTS, VariantSite
from prolific_exports import (
    AccessDeniedError,
    ArchiveError,
    AuthenticationError,
    ContractViolation,
    CorruptArchiveError,
    DownloadError,
    ExportFailedError,
    ExportsError,
    ExportTimeoutError,
    NoAnswerError,
    NotFoundError,
    RateLimitedError,
    ServerError,
    UnknownStatusError,
    UnsafeUrlError,
)
from prolific_exports.testing import FakeClock

pytestmark = pytest.mark.unmeasured


# What ends an export, by fault and the action that has it. Whatever is not here does no harm.
API_ERRORS = {
    "reset": NoAnswerError,
    "garbage": NoAnswerError,
    "cut": NoAnswerError,
    "status-204": ContractViolation,
    "status-500": ServerError,
    "status-redirect": ContractViolation,
    "field-missing": ContractViolation,
    "status-missing": ContractViolation,
    "field-null": ContractViolation,
    "field-type": ContractViolation,
    "field-renamed": ContractViolation,
    "status-upper": UnknownStatusError,
    "status-unknown": UnknownStatusError,
    "uuid-not": ContractViolation,
    "body-list": ContractViolation,
    "body-wrapped": ContractViolation,
    "json-trailing": ContractViolation,
    "json-latin1": ContractViolation,
    "json-python": ContractViolation,
    "json-gzip": ContractViolation,
    "json-deep": ContractViolation,
}
ERRORS = {
    **{
        (fault, action): error
        for fault, error in API_ERRORS.items()
        for action in ("request", "status")
    },
    ("hang", "request"): NoAnswerError,
    ("hang", "status"): ExportTimeoutError,
    **{(fault, "archive"): DownloadError for fault in ("reset", "hang", "garbage", "cut")},
    ("failed-500", "status"): ServerError,
    ("failed-unknown", "status"): UnknownStatusError,
    ("url-empty", "status"): ContractViolation,
    ("url-http", "status"): UnsafeUrlError,
    ("url-userinfo", "status"): UnsafeUrlError,
    ("url-relative", "status"): UnsafeUrlError,
    ("url-no-scheme", "status"): UnsafeUrlError,
    ("url-s3", "status"): UnsafeUrlError,
    ("token-echo-url", "status"): DownloadError,
    ("archive-html", "archive"): CorruptArchiveError,
    ("archive-truncated", "archive"): CorruptArchiveError,
    ("archive-nothing", "archive"): CorruptArchiveError,
    ("archive-empty", "archive"): CorruptArchiveError,
    ("archive-other-kind", "archive"): CorruptArchiveError,
    ("archive-needs-token", "archive"): DownloadError,
    ("archive-missing", "archive"): DownloadError,
    ("archive-refused", "archive"): DownloadError,
    # A whole ZIP is kept, whatever is in it: its reader says what it lacks.
    ("archive-no-members", "archive"): ArchiveError,
    ("archive-no-responses", "archive"): ArchiveError,
    **{
        (f"archive-{fault}", "archive"): ArchiveError
        for fault in ("absolute", "climbing", "backslash", "drive", "nameless")
    },
    **{
        (f"archive-{fault}", "archive"): CorruptArchiveError
        for fault in (
            "encrypted",
            "encrypted-aes",
            "name-twice",
            "crc",
            "length",
            "deflated-wrongly",
        )
    },
    ("lines-not-json", "archive"): CorruptArchiveError,
    ("job-unknown", "status"): NotFoundError,
    ("job-vanishes", "status"): DownloadError,
    ("job-vanishes-early", "status"): NotFoundError,
    ("never-completes", "status"): ExportTimeoutError,
    ("access-lost-401", "status"): AuthenticationError,
    ("access-lost-403", "status"): AccessDeniedError,
    **{("limited-for-ever", action): RateLimitedError for action in ("request", "status")},
    **{("unavailable-for-ever", action): ServerError for action in ("request", "status")},
    **{
        (fault, "archive"): DownloadError
        for fault in ("limited-for-ever", "unavailable-for-ever", "store-unavailable")
    },
}
# Uploaded files have other names than in the store, and the same contents.
RENAMED = (
    "archive-own-names",
    "archive-nested-files",
    "archive-uploads-bare",
    "archive-flat-files",
    "archive-files-elsewhere",
)
# The responses differ from those in the store, as the server sends them.
ALTERED = (
    "lines-",
    "upload-",
    "archive-uploads-bare",
    "archive-lines-windows",
    "archive-lines-more",
    "archive-paths-complete",
)
# Faults that lose the answer to a request that was acted on.
LOST = ("reset", "hang", "garbage", "cut")


class Export(ResourceClient):
    """A client that exports the resource to a folder."""

    def __init__(self, site, clock, kind, flavour, folder):
        super().__init__(site, clock, kind, flavour)
        self.folder = folder

    def run(self, name, *, renamed=False, altered=False):
        """Download and read everything; the error in which it ended, None if it is all right."""
        try:
            archive = self.resource.download(self.resource_id, self.folder / name)
            records = list(archive.responses())
        except ExportsError as error:
            assert TOKEN not in str(error)
            assert "X-Amz-Signature=" not in str(error)
            return error
        if altered:
            return None
        seen = contents if renamed else data
        assert seen(archive) in [seen(path) for path in self.stored()]
        assert len(records) == self.site.settings.submissions
        return None

    def stored(self):
        """What the clean sandbox has in store for the resource's jobs."""
        archives = self.site.archives
        jobs = self.site.jobs.of(self.kind, self.resource_id)
        return [archives.stored_object(job).path for job in jobs]


def data(path):
    """What people answered: records and uploaded files, by name."""
    with zipfile.ZipFile(path) as archive:
        # zipfile would cut a name off at a null character; this is how names are stored.
        return {
            member.orig_filename.rpartition("/")[2]: archive.read(member)
            for member in archive.infolist()
            if member.orig_filename.endswith(".jsonl")
            or "/files/" in f"/{member.orig_filename}"
            # An uploaded file in another folder.
            or re.search(r"_[0-9]\.[a-z]+$", member.orig_filename)
        }


def contents(path):
    """What people answered, whatever the names."""
    return sorted(data(path).values())


@pytest.fixture(autouse=True)
def _careless_disk(monkeypatch):
    """No power failure is tested: without fsync this takes a fifth of the time."""
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)


@pytest.fixture
def export(tmp_path):
    opened = []

    def begin(site, clock, kind, flavour):
        opened.append(Export(site, clock, kind, flavour, tmp_path))
        return opened[-1]

    yield begin
    for one in opened:
        one.clients.__exit__(None, None, None)
        one.site.close()


def settings(edition):
    return SandboxSettings(
        edition=edition, token=TOKEN, submissions=2, files=1, generation_seconds=10
    )


def sampled():
    """Every mutant once, by turns in each of its editions and by each flavour."""
    for number, one in enumerate(MUTANTS.values()):
        edition = one.editions[number // 2 % len(one.editions)]
        flavour = ("sync", "async")[number // 4 % 2]
        yield pytest.param(one, edition, flavour, id=f"{one.name}-{edition}-{flavour}")


@pytest.mark.parametrize(("one", "edition", "flavour"), list(sampled()))
def test_download_from_mutant_returns_correct_data_or_raises_typed_error(
    export, one, edition, flavour
):
    clock = FakeClock()
    client = export(MutatedSite(one, settings(edition), clock), clock, one.operation.kind, flavour)
    look = {"renamed": one.fault.name in RENAMED, "altered": one.fault.name.startswith(ALTERED)}
    error = client.run("first.zip", **look)

    expected = ERRORS.get((one.fault.name, one.operation.action), type(None))
    if edition == "2026-11" and one.operation.action == "request" and one.fault.name in LOST:
        # The list has the job that was started.
        expected = type(None)
    # What shows rarely may spare the client.
    assert type(error) is expected or (one.trigger != "always" and error is None)
    # In edition 2026-03 this is the same export, in 2026-11 a new one.
    client.run("second.zip", **look)
    assert client.transport.requests < 100
    assert clock.monotonic() < 20 * TIMEOUT


def variants():
    for number, one in enumerate(VARIANTS.values()):
        edition = one.editions[number // 2 % len(one.editions)]
        flavour = ("sync", "async")[number % 2]
        kind = ("batch", "collection")[number // 4 % 2]
        yield pytest.param(one, edition, flavour, kind, id=f"{one.name}-{edition}-{flavour}")


# The documents allow what these do, and then the client has nothing to download.
NOTHING = {
    "every-job-fails": ExportFailedError,
    "very-slow": ExportTimeoutError,
    # They refuse longer than the client tries.
    "limited-at-first": RateLimitedError,
    "unavailable-at-first": ServerError,
}


@pytest.mark.parametrize(("one", "edition", "flavour", "kind"), list(variants()))
def test_download_succeeds_from_every_conforming_server(export, one, edition, flavour, kind):
    clock = FakeClock()
    client = export(VariantSite(one, settings(edition), clock), clock, kind, flavour)
    look = {"renamed": one.name in RENAMED, "altered": one.name.startswith(ALTERED)}
    error = client.run("first.zip", **look)
    assert type(error) is NOTHING.get(one.name, type(None)), error
