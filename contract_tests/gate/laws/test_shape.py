import gzip
import zlib

import pytest
from attrs import evolve
from helpers.traces import (
    JOB,
    OTHER_JOB,
    TraceBuilder,
    body_answer,
    complete,
    error,
    failed,
    generating,
    job,
    json_answer,
    running,
)
from prolific_contract import STATES
from prolific_contract.gate.laws import Outcome
from prolific_contract.gate.trace import Credential, HttpResponse

ANY_STATE = " or ".join(f'"{state}"' for state in sorted(STATES))
HELD, VIOLATED, NOTED = Outcome.HELD, Outcome.VIOLATED, Outcome.NOTED
SHAPE = (
    "shape.answered",
    "shape.status",
    "shape.content-type",
    "shape.body",
    "shape.json",
    "shape.error",
    "shape.additive",
)


def violated_laws(builder: TraceBuilder, edition=None) -> set[str]:
    return {law for law in SHAPE if VIOLATED in builder.outcomes(law, edition)}


@pytest.mark.parametrize(
    "response",
    [
        generating(),
        generating(JOB.upper()),
        complete(),
        complete(expires_at="2026-03-20T16:30:00.123456789+05:30"),
        complete(expires_at="2026-03-20t11:00:00z"),
        json_answer(202, {"status": "generating", "export_id": JOB, "queue": {"place": 3}}),
        body_answer(202, b' {"export_id": "%b", "status": "generating"}\r\n' % JOB.encode()),
        body_answer(
            202,
            b'{"export_id": "%b", "status": "generating"}' % JOB.encode(),
            "Application/JSON ; charset=UTF-8",
        ),
        *map(error, (401, 403, 404, 429)),
        error(404, detail=["one", "two"]),
        error(404, detail={"export_id": ["is unknown"], "other": []}),
        error(403, additional_information="Ask.", traceback="…", interactive=False),
        body_answer(429, b"<html>slow down", "text/html"),
    ],
)
def test_documented_responses_to_a_request_are_not_violations(builder, response):
    builder.request(response)
    assert violated_laws(builder) == set()


@pytest.mark.parametrize(
    "response",
    [
        running(),
        complete(),
        failed(),
        json_answer(
            200,
            {
                "status": "complete",
                "url": "https://a/b",
                "expires_at": "2026-03-20T11:00:00+00:00",
                "export_id": JOB,
            },
        ),
        *map(error, (401, 403, 404, 429)),
    ],
)
def test_documented_responses_to_a_poll_are_not_violations(builder, response):
    builder.poll(response)
    assert violated_laws(builder) == set()
    assert builder.outcomes("shape.status") == [HELD]


def test_request_without_response_is_violation_with_the_reason(builder):
    builder.request(None, failure="the connection was reset")
    builder.poll(None)
    seen = builder.violation("shape.answered")
    assert (seen.operation, seen.exchanges) == (builder.requesting, (0,))
    assert seen.seen == "no HTTP response: the connection was reset"
    assert builder.outcomes("shape.answered") == [VIOLATED]


def test_download_without_response_is_violation_but_other_address_is_not(builder):
    builder.poll(complete())
    builder.fetch(None, failure="timed out")
    builder.send("GET", "https://elsewhere.example/", None, failure="timed out")
    assert builder.violation("shape.answered").operation == builder.fetching


@pytest.mark.parametrize(
    ("response", "seen"),
    [
        (
            generating(status=201),
            "the response is 201; documented are 200, 202, 401, 403, 404 and 429",
        ),
        (
            generating(status=200),
            "the response is 200 with the status 'generating'; 200 means complete",
        ),
        (
            complete(status=202),
            "the response is 202 with the status 'complete'; 202 means generating",
        ),
        (error(500), "the response is 500; documented are 200, 202, 401, 403, 404 and 429"),
        # Assumed in the contract, which proves nothing.
        (error(400), "the response is 400; documented are 200, 202, 401, 403, 404 and 429"),
        (error(409), "the response is 409; documented are 200, 202, 401, 403, 404 and 429"),
        (error(422), "the response is 422; documented are 200, 202, 401, 403, 404 and 429"),
        (HttpResponse(204), "the response is 204; documented are 200, 202, 401, 403, 404 and 429"),
        (HttpResponse(520), "the response is 520; documented are 200, 202, 401, 403, 404 and 429"),
    ],
)
def test_undocumented_status_violates_only_the_law_of_statuses(builder, response, seen):
    builder.request(response)
    assert builder.violation("shape.status").seen == seen
    assert violated_laws(builder) == {"shape.status"}


def test_poll_answered_with_202_is_violation(builder):
    builder.poll(generating())
    assert builder.violation("shape.status").operation == builder.polling


def test_request_answered_with_200_violates_only_the_later_edition(builder):
    builder.request(complete())
    assert violated_laws(builder, "2026-03") == set()
    assert violated_laws(builder, "2026-11") == {"shape.status"}


def test_refusals_of_undocumented_requests_are_not_judged(builder):
    builder.request(error(422), query="?from=yesterday")
    builder.request(error(400), generated=True)
    builder.poll(HttpResponse(414), export_id="x" * 9000, generated=True)
    builder.poll(HttpResponse(304), headers=(("If-None-Match", '"1"'),))
    for law in SHAPE[1:]:
        assert builder.outcomes(law) == []
    builder.poll(HttpResponse(304))
    builder.poll(error(500), generated=True)
    assert builder.outcomes("shape.status") == [VIOLATED, VIOLATED]


@pytest.mark.parametrize(
    "response", [json_answer(200, {"gone": True}), HttpResponse(202), HttpResponse(200)]
)
def test_any_success_status_of_a_deletion_is_allowed(builder, response):
    listing = TraceBuilder(builder.kind)
    listing.delete(response)
    assert violated_laws(listing, "2026-11") == set()
    assert listing.outcomes("shape.status") == []
    listing.delete(HttpResponse(201))
    assert violated_laws(listing, "2026-11") == {"shape.status"}


def test_rate_limit_and_unavailable_responses_are_allowed(builder):
    builder.request(HttpResponse(503, (("Retry-After", "5"),)))
    builder.poll(HttpResponse(429, (("Retry-After", "5"),)))
    assert violated_laws(builder) == set()
    builder.request(HttpResponse(503))
    assert violated_laws(builder) == {"shape.status"}


def test_fuzzed_ids_may_be_refused_in_any_form(builder):
    for export_id in ("%2e%2e", "a%2Fb", ""):
        builder.poll(body_answer(404, b"Not Found", "text/plain"), export_id, generated=True)
    builder.poll(body_answer(404, b"Not Found", "text/plain"), query="?x", generated=True)
    assert violated_laws(builder) == set()
    builder.poll(body_answer(404, b"Not Found", "text/plain"), "plain", generated=True)
    assert violated_laws(builder) == {"shape.content-type", "shape.json", "shape.error"}


def test_redirects_to_normalised_paths_are_not_judged(builder):
    for export_id in ("a%2F%2Fb", "a%2F..%2Fb", ""):
        builder.poll(HttpResponse(301, (("Location", "/a"),)), export_id, generated=True)
    builder.request(HttpResponse(308), "a%2F%2Fb", generated=True)
    builder.poll(body_answer(200, b"[]"), "%2E", generated=True)
    builder.poll(body_answer(200, b"{}"), "%2e%2e")
    builder.request(body_answer(200, b"{}"), ".%2E", generated=True)
    assert violated_laws(builder) == set()
    assert builder.outcomes("isolation.unknown-job") == []
    builder.poll(HttpResponse(301), "plain", generated=True)
    builder.poll(HttpResponse(301), "a%2F%2Fb")
    builder.poll(HttpResponse(500), "a%2F%2Fb", generated=True)
    assert builder.outcomes("shape.status") == [VIOLATED] * 3


@pytest.mark.parametrize(
    ("content_type", "seen"),
    [
        (None, "the response has no Content-Type"),
        ("text/plain", "the Content-Type is 'text/plain'"),
        ("", "the Content-Type is ''"),
        ("application/jsonp", "the Content-Type is 'application/jsonp'"),
    ],
)
def test_content_type_other_than_json_is_violation(builder, content_type, seen):
    builder.poll(body_answer(200, b'{"status": "failed"}', content_type))
    assert builder.violation("shape.content-type").seen == seen
    assert violated_laws(builder) == {"shape.content-type"}


@pytest.mark.parametrize(
    ("value", "seen"),
    [
        ({"status": "generating"}, '"export_id" is a required property'),
        (
            {"status": "generating", "export_id": None},
            'at /export_id: null is not of type "string"',
        ),
        ({"status": "generating", "export_id": "x"}, 'at /export_id: "x" is not a "uuid"'),
        (
            {"status": "GENERATING", "export_id": JOB},
            f'at /status: "GENERATING" is not {ANY_STATE}',
        ),
        ({"status": None}, f"at /status: null is not {ANY_STATE}"),
        ({"export_id": JOB}, 'it has no member "status"'),
        ([], "it is [], not an object"),
        ("generating", 'it is "generating", not an object'),
        (
            {"status": "complete", "url": "https://a/b", "expires_at": "2026-03-20T11:00:00"},
            'at /expires_at: "2026-03-20T11:00:00" is not a "date-time"',
        ),
        (
            {"status": "complete", "url": "https://a/b", "expires_at": "2026-03-20"},
            'at /expires_at: "2026-03-20" is not a "date-time"',
        ),
        (
            {"status": "complete", "url": "/b?Signature=s3cret", "expires_at": "2026-03-20"},
            'at /url: "/b?[redacted]" is not a "uri", and 1 more',
        ),
    ],
)
def test_body_that_differs_from_its_documented_state_is_violation(builder, value, seen):
    builder.poll(json_answer(200, value))
    assert builder.violation("shape.body").seen == f"the body is not as documented: {seen}"
    assert violated_laws(builder) == {"shape.body"}


def test_request_answered_with_a_failed_job_is_violation(builder):
    builder.request(failed())
    assert builder.violation("shape.body").seen == (
        'the body is not as documented: at /status: "failed" is not "complete"'
    )
    assert violated_laws(builder) == {"shape.body"}


def test_redacted_strings_are_not_judged_by_format(builder):
    builder.poll(complete(url="[redacted]", redacted=True))
    assert builder.outcomes("shape.body") == [HELD]
    assert builder.outcomes("shape.json") == []
    builder.poll(complete(url=5, redacted=True))
    assert builder.outcomes("shape.body") == [HELD, VIOLATED]


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        (
            b'{"status": "failed", "status": "failed"}',
            'the body has two members named "status" in one object',
        ),
        (b'{"status": "failed", "rate": NaN}', "the body contains NaN, which is not a JSON number"),
        (
            b'{"status": "failed", "rate": [-Infinity]}',
            "the body contains -Infinity, which is not a JSON number",
        ),
        (b'\xef\xbb\xbf{"status": "failed"}', "the body begins with a byte order mark"),
        (b'{"status": "failed"}\n{}', "the body continues after its value, at character 21"),
        (b'{"status": "failed", "why": "\xfc"}', "the body is not UTF-8 at byte 29"),
        (b'{"status": "failed"', "the body is not JSON: Expecting ',' delimiter at character 19"),
        (b"<!doctype html>", "the body is not JSON: it begins with '<!doctype html>'"),
        (
            gzip.compress(b"{}", mtime=0),
            "the body is compressed with gzip, but the response has no Content-Encoding",
        ),
        (
            zlib.compress(b'{"status": "failed"}'),
            "the body is compressed with deflate, but the response has no Content-Encoding",
        ),
        (b"\x78\xff", "the body is not UTF-8 at byte 1"),
        (b"\xff", "the body is not UTF-8 at byte 0"),
        (
            '{"status": "failed"}'.encode("utf-16"),
            "the body is encoded in UTF-16, not in UTF-8",
        ),
        (
            '{"status": "failed"}'.encode("utf-16-le"),
            "the body is encoded in UTF-16-LE, not in UTF-8",
        ),
        (b" \n", "the body is empty"),
        (b"[" * 100_000, "the body is nested deeper than 100 levels"),
        (b'{"status": "failed", "n": 1' + b"0" * 5000 + b"}", None),
    ],
)
def test_json_that_only_lenient_parsers_accept_is_violation(builder, body, seen):
    builder.poll(body_answer(200, body))
    if seen is not None:
        assert builder.violation("shape.json").seen == seen
    assert violated_laws(builder) == {"shape.json"}


@pytest.mark.parametrize(
    ("coding", "seen"),
    [
        ("gzip", "is compressed with gzip once more than its Content-Encoding states"),
        ("gzip, br", "has the Content-Encoding gzip, br, which the request did not accept"),
        ("identity", "is compressed with gzip, but the response has no Content-Encoding"),
    ],
)
def test_body_that_stays_compressed_is_violation_with_its_coding(builder, coding, seen):
    response = body_answer(200, gzip.compress(b"{}", mtime=0))
    headers = (*response.headers, ("Content-Encoding", coding))
    builder.poll(evolve(response, headers=headers))
    assert builder.violation("shape.json").seen == f"the body {seen}"


def test_list_inside_an_object_is_violation(builder):
    builder.list(response=json_answer(200, {"results": []}))
    seen = builder.violation("shape.body", "2026-11").seen
    assert seen == 'the body is not as documented: {"results":[]} is not of type "array"'


def test_null_condition_of_a_listed_filter_counts_as_missing(builder):
    nothing = {"study_id": None, "from": None, "to": None}
    builder.list(job(filter=nothing), job(OTHER_JOB, filter={**nothing, "study_id": "a"}))
    assert builder.outcomes("shape.body") == [HELD]
    builder.list(job(filter={**nothing, "study_id": 5}), job(OTHER_JOB, filter=None))
    builder.list(response=json_answer(200, [None, {"filter": [None]}]))
    assert builder.outcomes("shape.body") == [HELD, VIOLATED, VIOLATED]


def test_bodies_missing_from_the_recording_are_not_judged(builder):
    builder.poll(body_answer(200, b'{"status": "compl', cut=True))
    builder.poll(body_answer(404, b'{"error": {', cut=True))
    for length in ("18", " 7 "):
        lost = HttpResponse(404, (("Content-Type", "application/json"), ("Content-Length", length)))
        builder.poll(lost)
    for law in ("shape.json", "shape.body", "shape.error", "shape.additive"):
        assert builder.outcomes(law) == []


@pytest.mark.parametrize("headers", [(), (("Content-Length", "0"),)])
def test_empty_body_is_judged_unlike_a_missing_one(builder, headers):
    builder.poll(HttpResponse(404, (("Content-Type", "application/json"), *headers)))
    assert violated_laws(builder) == {"shape.json", "shape.error"}


@pytest.mark.parametrize(
    ("response", "seen"),
    [
        (
            json_answer(404, {"detail": "Not found."}),
            'the error 404 has no valid envelope: "error" is a required property',
        ),
        (
            json_answer(404, {"error": "Not found."}),
            'the error 404 has no valid envelope: at /error: "Not found." is not of type "object"',
        ),
        (error(404, status=403), "the envelope of the error 404 has the status 403"),
        (
            error(404, title=None),
            'the error 404 has no valid envelope: at /error/title: null is not of type "string"',
        ),
        (
            error(404, detail=5),
            (
                "the error 404 has no valid envelope: "
                "at /error/detail: 5 matches none of the documented forms"
            ),
        ),
        (error(403, status=404), "the envelope of the error 403 has the status 404"),
    ],
)
def test_error_without_the_documented_envelope_is_violation(builder, response, seen):
    builder.poll(response)
    assert builder.violation("shape.error").seen == seen
    assert violated_laws(builder) == {"shape.error"}


def test_html_error_page_is_violation_and_named_as_html(builder):
    builder.request(body_answer(403, b"<h1>Forbidden", "text/html"), credential=Credential.NONE)
    assert builder.violation("shape.error").seen == (
        "the body of the error 403 is not JSON: it begins with '<h1>Forbidden'"
    )
    assert violated_laws(builder) == {"shape.error", "shape.json", "shape.content-type"}


def test_undocumented_members_are_notes_or_strict_violations(builder):
    builder.poll(json_answer(200, {"status": "failed", "reason": "x", "a/b": 1}))
    builder.poll(error(404, request_id="7", detail={"field": ["is not an undocumented member"]}))
    builder.poll(failed())
    observations = builder.judged("shape.additive")
    assert {(seen.outcome, seen.seen) for seen in observations} == {
        (NOTED, "not documented: /a~1b, /reason"),
        (NOTED, "not documented: /error/request_id"),
        (HELD, ""),
    }
    strict = builder.judged("shape.additive", strict=True)
    assert [seen.outcome for seen in strict].count(VIOLATED) == 2


def test_text_with_lone_surrogates_is_not_a_violation(builder):
    builder.poll(body_answer(200, b'{"status": "failed", "why": "\\ud800"}'))
    builder.poll(body_answer(200, b'{"status": "generating", "export_id": "\\ud800"}'))
    builder.poll(body_answer(404, b'{"error": {"title": "\\ud800"}}'))
    assert violated_laws(builder) == set()
    assert builder.outcomes("shape.body") == [HELD]
    assert builder.outcomes("shape.error") == []


def test_lists_and_deletions_are_judged_only_in_the_later_edition(builder):
    builder = TraceBuilder(builder.kind)
    builder.list(response=error(405))
    builder.delete(error(405))
    for law in ("shape.status", "shape.error", "shape.content-type"):
        assert builder.outcomes(law, "2026-03") == []
    assert builder.outcomes("shape.status", "2026-11") == [VIOLATED, VIOLATED]
