import base64
import io
import json
import zipfile
from datetime import timedelta

import pytest
from attrs import evolve
from helpers.traces import (
    EXPIRES_AT,
    OTHER_JOB,
    START,
    URL,
    TraceBuilder,
    complete,
    dated,
    failed,
    running,
)
from prolific_contract import Operation
from prolific_contract.gate.laws import Outcome
from prolific_contract.gate.trace import Credential, HttpResponse

HELD, VIOLATED = Outcome.HELD, Outcome.VIOLATED
MEMBERS = {
    "batch": (
        "responses-by-submission.jsonl",
        "responses-by-task.jsonl",
        "batch.json",
        "README.md",
    ),
    "collection": ("responses.jsonl", "collection.json", "README.md"),
}


def encoded(text: str) -> str:
    """The form of a policy in a URL of CloudFront."""
    return base64.b64encode(text.encode()).decode().translate(str.maketrans("+=/", "-_~"))


def policy(moment: object) -> str:
    condition = {"DateLessThan": {"AWS:EpochTime": moment}}
    return encoded(json.dumps({"Statement": [{"Resource": "*", "Condition": condition}]}))


# expires_at in the future


@pytest.mark.parametrize("send", ["request", "poll"])
def test_url_expired_by_the_servers_date_is_violation(builder, send):
    getattr(builder, send)(dated(complete(), START + timedelta(hours=2)))
    getattr(builder, send)(dated(complete(), START + timedelta(minutes=59)))
    seen = builder.violation("value.expiry-future")
    assert seen.operation == (builder.requesting if send == "request" else builder.polling)
    assert seen.seen == (
        "expires_at is 2026-03-20T11:00:00+00:00, "
        "but the response is dated 2026-03-20T12:00:00+00:00"
    )
    assert builder.outcomes("value.expiry-future") == [VIOLATED, HELD]


def test_expiry_at_the_servers_date_is_violation(builder):
    builder.poll(dated(complete(), START + timedelta(hours=1)))
    assert builder.outcomes("value.expiry-future") == [VIOLATED]


def test_expiry_with_any_offset_and_lifetime_holds(builder):
    for expires_at in (
        "2026-03-20T16:30:00.5+05:30",
        "2099-01-01T00:00:00Z",
        "2026-03-20t11:00:00z",
    ):
        builder.poll(dated(complete(expires_at=expires_at), START))
    assert builder.outcomes("value.expiry-future") == [HELD] * 3


def test_expiry_without_server_date_allows_five_minutes_of_clock_difference(builder):
    hour = timedelta(hours=1)
    builder.poll(complete(), sent=START + hour + timedelta(minutes=4))
    builder.poll(complete(), sent=START + hour + timedelta(minutes=5))
    builder.poll(complete(), sent=None)
    assert builder.outcomes("value.expiry-future") == [HELD, VIOLATED]
    assert "the request was sent at" in builder.violation("value.expiry-future").seen


@pytest.mark.parametrize(
    "expires_at",
    [None, "soon", "2026-03-20T11:00:00", "0001-01-01T00:00:00+23:59", "2026-12-31T23:58:60Z"],
)
def test_expiry_that_is_not_a_timestamp_is_not_judged(builder, expires_at):
    builder.poll(dated(complete(expires_at=expires_at), START))
    assert builder.outcomes("value.expiry-future") == []
    assert builder.outcomes("value.url-expiry") == []


# url


@pytest.mark.parametrize(
    "url", [URL, "http://127.0.0.1:8000/x", "http://localhost/x", "http://[::1]/"]
)
def test_https_or_loopback_url_holds(builder, url):
    builder.request(complete(url))
    builder.poll(complete(url))
    assert builder.outcomes("value.url") == [HELD, HELD]


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://store.example/a.zip?X-Amz-Signature=s3cret", "it is not https"),
        ("https://user:s3cret@store.example/a.zip", "it carries a user name or password"),
        ("/a.zip?sig=s3cret", "it is not an absolute http(s) URL"),
        ("ftp://store.example/a.zip", "it is not an absolute http(s) URL"),
        ("https://[", "it is not a URL with a valid host"),
        ("", "it is not an absolute http(s) URL"),
    ],
)
def test_insecure_url_is_violation_shown_without_its_secrets(builder, url, reason):
    builder.poll(complete(url))
    seen = builder.violation("value.url")
    assert seen.seen.endswith(f": {reason}")
    assert "s3cret" not in seen.seen


def test_redacted_url_is_not_judged_but_truncated_one_is(builder):
    builder.poll(complete("[redacted]", redacted=True))
    builder.poll(complete("https://store.example/a.zip?[redacted]", redacted=True))
    builder.poll(complete("http://store.example/a.zip?[redacted]", redacted=True))
    assert builder.outcomes("value.url") == [HELD, VIOLATED]


@pytest.mark.parametrize("url", [5, None, ["https://a/b"]])
def test_url_that_is_not_text_is_not_judged(builder, url):
    builder.poll(complete(url))
    assert builder.outcomes("value.url") == []


# expiry in the URL


@pytest.mark.parametrize(
    "query",
    [
        "X-Amz-Date=20260320T100000Z&X-Amz-Expires=3600",
        "x-goog-date=20260320T090000Z&x-goog-expires=7200",
        "AWSAccessKeyId=A&Expires=1774004400&Signature=b",
        "sv=2022-11-02&se=2026-03-20T11%3A00%3A00Z&sig=a",
        "sv=2022-11-02&se=2026-03-20T11%3A00Z&sig=a",
        f"Policy={policy(1774004400)}&Signature=a&Key-Pair-Id=K",
        "X-Amz-Date=20260320T100059Z&X-Amz-Expires=3600",
        "X-Amz-Date=20260320T095900Z&X-Amz-Expires=3600",
    ],
)
def test_expiry_within_a_minute_of_the_urls_own_holds(builder, query):
    builder.request(complete(f"https://store.example/a.zip?{query}"))
    builder.poll(complete(f"https://store.example/a.zip?{query}"))
    assert builder.outcomes("value.url-expiry") == [HELD, HELD]


@pytest.mark.parametrize(
    "query",
    [
        "X-Amz-Date=20260320T100101Z&X-Amz-Expires=3600",
        "X-Amz-Date=20260320T100000Z&X-Amz-Expires=86400",
        "Expires=1774004339",
        "se=2026-03-20T11%3A01%3A01Z&sig=a",
        "se=2026-03-21&sig=a",
        f"Policy={policy(1774004339)}&Signature=a",
        "Expires=1000000000",
    ],
)
def test_expiry_before_or_after_the_urls_own_is_violation(builder, query):
    builder.poll(complete(f"https://store.example/a.zip?{query}"))
    assert builder.violation("value.url-expiry").seen.startswith(
        "expires_at is 2026-03-20T11:00:00+00:00, but the URL expires at "
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://store.example/a.zip",
        "https://store.example/a.zip?[redacted]",
        "https://[/a.zip?Expires=5",
        *(
            f"https://store.example/a.zip?{query}"
            for query in (
                "X-Amz-Date=20260320T100000Z",
                "X-Amz-Date=[redacted]&X-Amz-Expires=3600",
                "X-Amz-Date=20260320T100000Z&X-Amz-Expires=an+hour",
                "X-Amz-Date=20260320T100000Z&X-Amz-Expires=99999999999999",
                "Expires=99999999999999999999",
                "Expires=Fri",
                "expires=3600&sig=a",
                "expires=999999999&sig=a",
                "expires=-1",
                "se=2026-03-20T12%3A00%3A00Z",
                "se=tomorrow&sig=a",
                "Policy=a&Signature=b",
                f"Policy={encoded('[]')}&Signature=b",
                f"Policy={encoded('no JSON')}&Signature=b",
                f"Policy={policy('soon')}&Signature=b",
                f"Policy={policy(3600)}&Signature=b",
            )
        ),
    ],
)
def test_expiry_that_the_url_does_not_show_is_not_judged(builder, url):
    builder.poll(complete(url))
    assert builder.outcomes("value.url-expiry") == []


# archive


def zipped(*names: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, "x" * 2000)
    return file.getvalue()


def whole(data: bytes, **changes) -> HttpResponse:
    return HttpResponse(200, (("Content-Length", str(len(data))),), data, **changes)


def ranged(data: bytes, start: int, stop: int, total: str | None = None) -> HttpResponse:
    header = f"bytes {start}-{stop - 1}/{len(data) if total is None else total}"
    return HttpResponse(206, (("content-range", header),), data[start:stop])


def members(builder: TraceBuilder, folder: str = "export-r1-20260320T100000/") -> list[str]:
    return [f"{folder}{name}" for name in MEMBERS[builder.kind]]


@pytest.mark.parametrize("folder", ["", "batch-export-r1/"])
def test_documented_members_may_be_at_the_top_or_in_one_folder(builder, folder):
    data = zipped(*members(builder, folder), f"{folder}files/a/b.png")
    builder.poll(complete())
    builder.fetch(whole(data))
    assert builder.outcomes("value.archive") == [HELD]


def test_archive_read_in_two_ranges_is_judged(builder):
    data = zipped(*members(builder))
    builder.poll(complete())
    builder.fetch(ranged(data, len(data) - 22, len(data)))
    assert builder.outcomes("value.archive") == []
    builder.fetch(ranged(data, len(data) - 400, len(data) - 22, "*"))
    (seen,) = builder.judged("value.archive")
    assert (seen.operation, seen.outcome, seen.exchanges) == (builder.fetching, HELD, (1, 2))


def test_archive_without_a_documented_member_is_violation(builder):
    first, *others = members(builder)
    builder.poll(complete())
    builder.fetch(whole(zipped("else/other.jsonl", "a/" + first, *others)))
    seen = builder.violation("value.archive")
    assert seen.seen == f"the archive lacks {MEMBERS[builder.kind][0]}"
    assert seen.about == (f"archive.field.{builder.kind}-members",)


def test_archive_without_a_readme_is_violation(builder):
    builder.poll(complete())
    builder.fetch(whole(zipped(*(name for name in members(builder) if "README" not in name))))
    violation = builder.violation("value.archive")
    assert violation.seen == "the archive lacks README.md"
    assert violation.about == ("archive.field.readme",)


def emptied(*names: str, empty: tuple[str, ...]) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, b"" if name.endswith(empty) else b"content")
    return file.getvalue()


def test_archive_with_empty_metadata_is_violation(builder):
    builder.poll(complete())
    builder.fetch(whole(emptied(*members(builder), empty=(f"{builder.kind}.json",))))
    violation = builder.violation("value.archive")
    assert violation.seen == f"{builder.kind}.json in the archive is empty (0 bytes)"
    metadata = {"batch": "batch-metadata", "collection": "metadata"}[builder.kind]
    assert violation.about == (f"archive.field.{metadata}",)


def test_archive_with_an_empty_readme_is_violation_only_for_collections(builder):
    builder.poll(complete())
    builder.fetch(whole(emptied(*members(builder), empty=("README.md", ".json"))))
    assert (
        builder.violation("value.archive").seen
        == {
            "batch": "batch.json in the archive is empty (0 bytes)",
            "collection": "README.md and collection.json in the archive are empty (0 bytes)",
        }[builder.kind]
    )


def test_archive_without_responses_holds(builder):
    data = emptied(*members(builder), "x/collection.json", empty=(".jsonl", "x/collection.json"))
    builder.poll(complete())
    builder.fetch(whole(data))
    assert builder.outcomes("value.archive") == [HELD]


def test_archive_is_judged_for_every_resource_that_got_its_url(builder):
    builder.poll(complete())
    builder.fetch(whole(zipped(*members(builder))))
    other = {"batch": "collection", "collection": "batch"}[builder.kind]
    # That a job is found under the other kind is judged by another law.
    builder.poll(complete(), kind=other)
    assert builder.outcomes("value.archive") == [HELD]
    builder.request(complete(), kind=other)
    assert builder.outcomes("value.archive") == [HELD, VIOLATED]
    assert builder.violation("value.archive").operation == Operation(other, "archive")


@pytest.mark.parametrize("hidden", ["REDACTED", "***", "Filtered"])
def test_url_whose_query_the_recorder_hid_belongs_to_the_first_resource(builder, hidden):
    url = f"https://store.example/a.zip?key={hidden}"
    builder.poll(complete(url))
    builder.fetch(whole(zipped(*members(builder))), url)
    builder.poll(complete(url))
    other = {"batch": "collection", "collection": "batch"}[builder.kind]
    builder.request(complete(url), kind=other)
    assert builder.outcomes("value.archive") == [HELD]


def test_archive_of_the_other_kind_is_violation():
    builder = TraceBuilder("collection")
    builder.poll(complete())
    builder.fetch(whole(zipped(*MEMBERS["batch"])))
    assert builder.violation("value.archive").seen == (
        "the archive lacks collection.json and responses.jsonl"
    )


def test_page_instead_of_an_archive_is_violation(builder):
    page = b"<html>Sign in to <a href='https://a/?sig=s3cret'>"
    builder.poll(complete())
    response = whole(page)
    builder.fetch(evolve(response, headers=(*response.headers, ("Content-Type", "text/html"))))
    violation = builder.violation("value.archive")
    assert violation.seen.startswith(
        "the URL does not serve a ZIP file: the body begins with <html>Sign in"
    )
    assert "s3cret" not in violation.seen
    assert violation.about == ("archive.field.zip",)


def test_possible_participant_answers_are_not_quoted(builder):
    builder.poll(complete())
    builder.fetch(whole(b'{"answer": "I am ill"}'))
    seen = builder.violation("value.archive").seen
    assert seen == """the URL does not serve a ZIP file: the body begins with {"an"""


def test_first_bytes_alone_distinguish_page_and_archive(builder):
    builder.poll(complete())
    builder.fetch(whole(b"<html>", cut=True))
    assert builder.outcomes("value.archive") == [VIOLATED]


def test_truncated_archive_is_violation(builder):
    data = zipped(*members(builder))[:-500]
    builder.poll(complete())
    builder.fetch(ranged(data, len(data) - 900, len(data)))
    builder.fetch(ranged(data, 0, len(data) - 900))
    violation = builder.violation("value.archive")
    assert violation.seen == "the file does not end with the end record of a ZIP file"
    assert violation.about == ("archive.field.zip",)


@pytest.mark.parametrize("status", [401, 403, 404, 400, 500])
def test_url_that_refuses_requests_without_the_token_is_violation(builder, status):
    builder.poll(complete())
    builder.fetch(HttpResponse(status))
    builder.fetch(HttpResponse(status))
    seen = builder.violation("value.archive")
    assert seen.seen.startswith(f"the URL returned {status} to a request without the token")
    assert seen.about == ("archive.access.presigned", "archive.time.until-expiry")
    assert seen.exchanges == (0, 1)


@pytest.mark.parametrize("status", [201, 202, 204, 205, 207])
def test_success_without_a_file_is_violation(builder, status):
    builder.poll(complete())
    builder.fetch(HttpResponse(status))
    seen = builder.violation("value.archive")
    assert seen.seen == f"the URL returned {status}, which is neither a file nor a refusal"
    assert seen.exchanges == (0, 1)


def test_rate_limits_failed_conditions_and_redirects_are_not_refusals(builder):
    builder.poll(complete())
    for status in (429, 503, 412, 416, 302, 304, 203):
        builder.fetch(HttpResponse(status))
    assert builder.outcomes("value.archive") == []


def test_expired_url_may_refuse(builder):
    builder.poll(complete())
    builder.fetch(dated(HttpResponse(403), START + timedelta(hours=1)))
    builder.fetch(HttpResponse(403), after=3600.0)
    assert builder.outcomes("value.archive") == []
    builder.fetch(HttpResponse(403), sent=None)
    assert builder.outcomes("value.archive") == [VIOLATED]


def test_archive_of_a_job_that_fails_later_may_have_been_deleted(builder):
    builder.poll(complete())
    builder.fetch(HttpResponse(404))
    builder.poll(failed(), resource="r2")
    builder.poll(failed(), generated=True)
    assert builder.outcomes("value.archive") == [VIOLATED]
    builder.poll(failed())
    assert builder.outcomes("value.archive") == []


def test_url_of_a_deleted_job_may_refuse(builder):
    builder.poll(complete())
    builder.send("DELETE", builder.trace.exchanges[-1].url, HttpResponse(204))
    builder.fetch(HttpResponse(404))
    assert builder.outcomes("value.archive") == []


def test_other_job_that_fails_later_does_not_excuse_a_refusal(builder):
    builder.poll(complete())
    builder.fetch(HttpResponse(404))
    builder.poll(failed(), OTHER_JOB)
    assert builder.outcomes("value.archive") == [VIOLATED]


def test_any_job_that_fails_later_excuses_the_url_of_a_response_without_a_job(builder):
    builder.request(complete())
    builder.fetch(HttpResponse(404))
    assert builder.outcomes("value.archive") == [VIOLATED]
    builder.poll(failed(), OTHER_JOB)
    assert builder.outcomes("value.archive") == []


def test_job_that_had_failed_before_does_not_excuse_a_refusal(builder):
    builder.poll(failed(), OTHER_JOB)
    builder.poll(complete())
    builder.fetch(HttpResponse(404))
    builder.poll(failed(), OTHER_JOB)
    assert builder.outcomes("value.archive") == [VIOLATED]


def test_url_without_readable_expiry_may_refuse(builder):
    builder.poll(complete(expires_at=None))
    builder.fetch(HttpResponse(403))
    assert builder.outcomes("value.archive") == []


def test_one_successful_response_outweighs_refusals(builder):
    data = zipped(*members(builder))
    builder.poll(complete())
    builder.fetch(HttpResponse(500))
    builder.fetch(whole(data))
    assert builder.outcomes("value.archive") == [HELD]


def test_only_get_requests_of_issued_urls_without_the_token_are_judged(builder):
    builder.poll(complete())
    for credential in (Credential.VALID, Credential.UNKNOWN):
        builder.fetch(whole(b"<html>"), credential=credential)
    builder.send("HEAD", URL, HttpResponse(403), credential=Credential.NONE)
    builder.fetch(None, failure="timed out")
    builder.fetch(whole(b"<html>"), "https://elsewhere.example/")
    assert builder.outcomes("value.archive") == []


@pytest.mark.parametrize(
    "response",
    [
        HttpResponse(200, (), b""),
        HttpResponse(200, (("Content-Length", "5000"),), b""),
        HttpResponse(200, (("Content-Length", "many"),), b"PK\x03\x04", cut=True),
        HttpResponse(206, (), b"PK\x03\x04"),
        HttpResponse(206, (("Content-Range", "bytes 0-3/*"),), b"PK\x03\x04"),
        HttpResponse(206, (("Content-Range", "bytes 5-0/9"),), b"PK\x03\x04"),
    ],
)
def test_bytes_missing_from_the_recording_prove_nothing(builder, response):
    builder.poll(complete())
    builder.fetch(response)
    assert builder.outcomes("value.archive") == []


def test_empty_file_instead_of_an_archive_is_violation(builder):
    builder.poll(complete())
    builder.fetch(whole(b""))
    assert builder.outcomes("value.archive") == [VIOLATED]


def test_each_url_is_judged_separately(builder):
    other = f"{URL}&n=2"
    builder.poll(complete())
    builder.poll(complete(other, EXPIRES_AT))
    builder.poll(running())
    builder.fetch(whole(zipped(*members(builder))))
    builder.fetch(whole(b"<html>"), other)
    assert sorted(builder.outcomes("value.archive")) == [HELD, VIOLATED]


def test_response_longer_than_its_range_is_cut_to_the_range(builder):
    data = zipped(*members(builder))
    builder.poll(complete())
    builder.fetch(evolve(ranged(data, 0, len(data)), body=data + b"and more"))
    assert builder.outcomes("value.archive") == [HELD]
