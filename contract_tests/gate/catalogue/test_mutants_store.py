"""The mutants of download URLs and of the store, each as its sentence says."""

import io
import re
import zipfile
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from helpers.export_requests import GENERATION, TOKEN, ask, content
from prolific_contract import KINDS, path_of
from prolific_contract.gate.trace._cloudfront import policy_expiry
from prolific_contract.sandbox import ManualClock, SandboxSettings, body_of
from prolific_contract.sandbox.mutants import MUTANTS, MutatedSite


class Download:
    """A complete export of the first resource of a kind at a mutant, and its archive."""

    def __init__(self, name):
        one = MUTANTS[name]
        self.clock = clock = ManualClock()
        settings = SandboxSettings(
            edition=one.editions[0], token=TOKEN, generation_seconds=GENERATION
        )
        self.site = MutatedSite(one, settings, clock)
        path = path_of(one.operation.kind, settings.id_of(one.operation.kind))
        self.path = path
        self.job = job = self.finish()
        answer = ("POST", path) if one.operation.action == "request" else ("GET", f"{path}/{job}")
        self.complete = body_of(ask(self.site, *answer))
        self.url = self.complete["url"]

    def finish(self):
        """The id of another job that has ended."""
        job = body_of(ask(self.site, "POST", self.path))["export_id"]
        self.clock.advance(GENERATION)
        return job

    def get(self, **headers):
        return ask(self.site, "GET", self.url, None, **headers)

    def stored(self):
        """The bytes that the store has."""
        (job,) = self.jobs()
        return self.site.archives.stored_object(job).path.read_bytes()

    def jobs(self):
        return [
            job
            for resource in self.site.settings.resources
            for job in self.site.jobs.of(resource.kind, resource.id)
        ]


@pytest.fixture(params=KINDS)
def download_of(request):
    opened = []

    def begin(name):
        opened.append(Download(name.replace("@", f"@{request.param}-")))
        return opened[-1]

    yield begin
    for one in opened:
        one.site.close()


def azure_expiry(query):
    return datetime.fromisoformat(query["se"][0])


def cloudfront_expiry(query):
    moment = datetime.fromisoformat("1970-01-01T00:00:00Z")
    return moment + timedelta(seconds=policy_expiry(query["Policy"][0]))


@pytest.mark.parametrize("action", ["request", "status"])
@pytest.mark.parametrize(
    ("fault", "expiry_of"),
    [("url-azure-expires-before", azure_expiry), ("url-policy-expires-before", cloudfront_expiry)],
)
def test_url_expires_two_hours_before_expires_at(download_of, action, fault, expiry_of):
    download = download_of(f"{fault}@{action}")
    stated = datetime.fromisoformat(download.complete["expires_at"])

    assert stated - expiry_of(parse_qs(urlsplit(download.url).query)) == timedelta(hours=2)
    # It is the store's own URL in disguise.
    assert content(download.get()) == download.stored()
    assert ask(download.site, "GET", download.url.partition("?")[0], None).status == 403


@pytest.mark.parametrize(
    ("fault", "lifetime"),
    [
        ("url-for-a-month@request", timedelta(days=30)),
        ("url-for-a-month@status", timedelta(days=30)),
        ("url-for-a-day@status", timedelta(days=1)),
        ("url-for-two-hours@status", timedelta(hours=2)),
        ("url-for-a-minute@status", timedelta(minutes=1)),
    ],
)
def test_url_with_another_lifetime_states_it_twice(download_of, fault, lifetime):
    download = download_of(fault)
    stated = datetime.fromisoformat(download.complete["expires_at"])

    assert stated == azure_expiry(parse_qs(urlsplit(download.url).query))
    assert stated == download.clock.now() + lifetime
    assert content(download.get()) == download.stored()


def test_url_of_another_is_that_of_the_latest_complete_job(download_of):
    download = download_of("url-of-another@status")
    assert download.job in download.url

    second = download.finish()
    for job in (download.job, second):
        reply = ask(download.site, "GET", f"{download.path}/{job}")
        assert second in body_of(reply)["url"]
    third = body_of(ask(download.site, "POST", download.path))["export_id"]
    statuses = [
        body_of(ask(download.site, "GET", f"{download.path}/{one}")) for one in (job, third)
    ]
    assert [one["status"] for one in statuses] == ["complete", "generating"]


def test_url_once_serves_the_archive_once(download_of):
    download = download_of("url-once@archive")

    assert content(download.get()) == download.stored()
    assert [download.get().status, download.get(range="bytes=0-3").status] == [403, 403]


def test_etag_changes_after_the_first_response(download_of):
    download = download_of("etag-changes@archive")
    first, second, third = (download.get() for _ in range(3))

    assert first.header("etag") != second.header("etag") == third.header("etag")
    assert content(first) == content(second) == download.stored()


def members(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def test_archive_packed_again_has_the_same_members_in_other_bytes(download_of):
    download = download_of("archive-packed-again@archive")
    first, second = (content(download.get()) for _ in range(2))

    assert first == download.stored() != second
    assert members(first) == members(second)
    assert content(download.get(range="bytes=4-99")) == second[4:100]


FROM, TO = 10, 29
RANGES = {
    # Stated first and last position, and which bytes are sent.
    "range-short": (FROM, TO, lambda data: data[FROM:TO]),
    "range-long": (FROM, TO, lambda data: data[FROM : TO + 1] + b"\n"),
    "range-past-end": (FROM, TO + 1, lambda data: data[FROM : TO + 1] + b"\n"),
    "range-elsewhere": (FROM - 1, TO - 1, lambda data: data[FROM - 1 : TO]),
    "range-misread": (FROM, TO, lambda data: data[FROM - 1 : TO]),
    "range-unstated": (None, None, lambda data: data[FROM : TO + 1]),
}


@pytest.mark.parametrize("fault", RANGES)
def test_range_fault_states_or_sends_another_range(download_of, fault):
    download = download_of(f"{fault}@archive")
    data = download.stored()
    first, last, sent = RANGES[fault]
    reply = download.get(range=f"bytes={FROM}-{TO}")

    stated = None if first is None else f"bytes {first}-{last}/{len(data)}"
    assert (reply.status, reply.header("content-range")) == (206, stated)
    assert content(reply) == sent(data)
    assert reply.header("content-length") == str(len(content(reply)))


@pytest.mark.parametrize("fault", RANGES)
def test_range_fault_keeps_other_replies_of_the_store(download_of, fault):
    download = download_of(f"{fault}@archive")
    data = download.stored()

    assert content(download.get()) == data
    beyond = download.get(range=f"bytes={len(data)}-")
    assert (beyond.status, beyond.header("content-range")) == (416, f"bytes */{len(data)}")
    assert ask(download.site, "GET", download.url.partition("?")[0], None).status == 403


@pytest.mark.parametrize("fault", ["range-elsewhere", "range-misread"])
def test_shifting_range_fault_serves_the_beginning_correctly(download_of, fault):
    download = download_of(f"{fault}@archive")
    reply = download.get(range="bytes=0-9")

    assert content(reply) == download.stored()[:10]
    assert re.fullmatch(r"bytes 0-9/[0-9]+", reply.header("content-range"))


@pytest.mark.parametrize("fault", ["etag-changes", "archive-packed-again"])
def test_refusals_of_the_store_are_unchanged(download_of, fault):
    download = download_of(f"{fault}@archive")
    refused = [ask(download.site, "GET", download.url.partition("?")[0], None) for _ in range(2)]

    assert [reply.status for reply in refused] == [403, 403]
    assert refused[0].body == refused[1].body
