"""Reading the API's answers: every body becomes a typed state or a typed error."""

import json
import logging
import re
import socket
from contextlib import closing

import httpx
import pytest
from helpers import api
from hypothesis import given
from hypothesis import strategies as st
from prolific_exports import (
    AccessDeniedError,
    AuthenticationError,
    BadRequestError,
    Complete,
    ContractViolation,
    ExportRef,
    ExportsError,
    Failed,
    Generating,
    NoAnswerError,
    NotFoundError,
    RateLimitedError,
    ServerError,
    UnknownStatusError,
    UsageError,
)
from prolific_exports._flows import _boundary as boundary
from prolific_exports._flows._effects import ApiReply
from prolific_exports._model._redactor import Redactor
from prolific_exports.testing import FakeClock

TOKEN = "t0ken-of-a-test"
REFS = {
    kind: ExportRef(kind, api.RESOURCE[kind], api.EXPORT_ID)  # type: ignore[arg-type]
    for kind in ("collection", "batch")
}


def interpret(body, kind="collection", status=200, retry_after=None):
    if not isinstance(body, bytes):
        body = json.dumps(body).encode()
    request = boundary.status_request(REFS[kind], api.EXPORT_ID)
    return boundary.interpret(
        request, ApiReply(status, {}, body), redactor=Redactor(TOKEN), retry_after=retry_after
    )


def test_undocumented_fields_are_kept(kind):
    generating = interpret(
        {"status": "generating", "export_id": api.EXPORT_ID, "progress": 0.5}, kind
    )
    assert generating == Generating(api.EXPORT_ID, {"progress": 0.5})
    complete = interpret(
        {
            "status": "complete",
            "url": api.SIGNED,
            "expires_at": "2026-03-20T10:30:00.123456+02:00",
            "export_id": "x",
        },
        kind,
    )
    assert isinstance(complete, Complete)
    assert complete.extra == {"export_id": "x"}
    assert complete.expires_at is not None
    assert complete.expires_at.isoformat() == "2026-03-20T10:30:00.123456+02:00"
    assert interpret({"status": "failed", "reason": "gone"}, kind) == Failed({"reason": "gone"})


@pytest.mark.parametrize(
    "expires_at",
    [
        None,
        1774002600,
        "",
        "soon",
        "2026-03-20",
        "2026-03-20T10:30:00",
        "2026-02-30T10:30:00Z",
        ["2026-03-20T10:30:00Z"],
    ],
)
def test_unreadable_expiry_is_kept_as_text(kind, expires_at):
    read = interpret({**COMPLETE, "expires_at": expires_at, "new": 1}, kind)

    assert read == Complete(COMPLETE["url"], None, {"expires_at": expires_at, "new": 1})


def test_missing_expiry_is_none(kind):
    read = interpret({"status": "complete", "url": api.SIGNED}, kind)

    assert read == Complete(api.SIGNED, None, {})


def test_secret_in_an_expiry_is_redacted(kind):
    read = interpret({**COMPLETE, "expires_at": f"{TOKEN} {api.SIGNED}"}, kind)

    assert TOKEN not in str(read.extra)
    assert "5ecret5ignature" not in str(read.extra)


def test_timestamp_may_be_lower_case(kind):
    read = interpret({**COMPLETE, "expires_at": "2026-03-20t10:30:00z"}, kind)
    assert read == interpret(COMPLETE, kind)


COMPLETE = {
    "status": "complete",
    "url": "https://s.example/a",
    "expires_at": "2026-03-20T10:30:00Z",
}


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        (b"", ""),
        (b"  \n", ""),
        (b"<html><title>Hello</title></html>", ""),
        (b'{"status": "gener', ""),
        (b"[" * 100_000, ""),
        (b"\xff\xfe\x00", ""),
        ([], ""),
        ("generating", ""),
        (None, ""),
        ({}, "/status"),
        ({"status": None}, "/status"),
        ({"status": ["generating"]}, "/status"),
        ({"status": "generating"}, "/export_id"),
        ({"status": "generating", "export_id": None}, "/export_id"),
        ({"status": "generating", "export_id": 7}, "/export_id"),
        ({"status": "generating", "export_id": "../../users/me"}, "/export_id"),
        ({**COMPLETE, "url": None}, "/url"),
        ({**COMPLETE, "url": ""}, "/url"),
        ({"status": "complete", "expires_at": "2026-03-20T10:30:00Z"}, "/url"),
    ],
)
def test_body_outside_the_contract_raises_a_violation_with_its_place(kind, body, pointer):
    with pytest.raises(ContractViolation) as violation:
        interpret(body, kind)
    assert violation.value.pointer == pointer
    assert violation.value.status == 200
    assert violation.value.operation.startswith("GET /api/v1/data-collection/")
    assert violation.value.operation.endswith("/export/{export_id}")
    assert violation.value.ref == REFS[kind]


def test_unknown_state_error_keeps_the_body(kind):
    with pytest.raises(UnknownStatusError, match="'queued'") as unknown:
        interpret({"status": "queued", "position": 3}, kind)
    assert unknown.value.excerpt == '{"status": "queued", "position": 3}'


def test_response_without_body_is_reported():
    with pytest.raises(ContractViolation, match="its body is empty"):
        interpret(b"", status=204)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(["status", "url", "expires_at", "export_id", "error", "detail"])
                | st.text(max_size=3),
                inner,
                max_size=5,
            )
        ),
        max_leaves=12,
    ),
    st.sampled_from([200, 202, 204, 302, 400, 401, 403, 404, 409, 422, 429, 500, 520, 999]),
    st.sampled_from(["collection", "batch"]),
)
def test_any_json_becomes_a_state_or_a_typed_error(body, status, kind):
    try:
        state = interpret(body, kind, status)
    except ExportsError as error:
        assert str(error)
    else:
        assert isinstance(state, Generating | Complete | Failed)
        assert status < 300


@given(st.binary(max_size=200), st.integers(200, 999))
def test_any_bytes_become_a_state_or_a_typed_error(body, status):
    with pytest.raises(ExportsError):
        interpret(body, status=status)


def test_web_page_error_names_likely_causes():
    with pytest.raises(ContractViolation, match=r"not JSON.*base URL \(PROLIFIC_URL\).*login"):
        interpret(b"Welcome to the guest network")


ENVELOPE = {"status": 404, "error_code": 140404, "title": "Not found", "detail": "No such job."}


@pytest.mark.parametrize(
    ("body", "title", "code", "detail", "said"),
    [
        (
            {"error": ENVELOPE},
            "Not found",
            140404,
            "No such job.",
            f"Not found: {REFS['collection']}: No such job. Check the id",
        ),
        (
            {"error": {"title": "Not Found"}},
            "Not Found",
            None,
            None,
            f"Not found: {REFS['collection']}. Check the id",
        ),
        (
            {"error": {**ENVELOPE, "detail": ["One.", "Two."]}},
            "Not found",
            140404,
            ["One.", "Two."],
            "One.; Two.",
        ),
        (
            {"error": {**ENVELOPE, "detail": {"from": ["Bad date."], "to": ["Bad."]}}},
            "Not found",
            140404,
            {"from": ["Bad date."], "to": ["Bad."]},
            "from: Bad date.; to: Bad.",
        ),
        ({"error": {"title": "Only this", "detail": None}}, "Only this", None, None, "Only this"),
        ({"message": "Gone", "detail": "Long ago."}, "Gone", None, "Long ago.", "Gone: Long ago"),
        ({"detail": "Not found."}, None, None, "Not found.", "Not found"),
        ({"error": "a text"}, None, None, None, "a text"),
        (
            {"type": "INVALID_BATCH_ITEMS", "message": "Bad items", "issues": [{"page": 1}]},
            "Bad items",
            None,
            [{"page": 1}],
            "page: 1",
        ),
        (b"<html><h1>Bad Gateway</h1></html>", None, None, None, "<h1>Bad Gateway</h1>"),
        (b"", None, None, None, f"Not found: {REFS['collection']}. Check the id"),
        ([1], None, None, None, "[1]"),
        ({"error": {**ENVELOPE, "detail": 5, "error_code": "x"}}, "Not found", None, 5, "5"),
    ],
)
def test_every_known_error_shape_is_read(body, title, code, detail, said):
    with pytest.raises(NotFoundError) as failure:
        interpret(body, status=404)
    assert failure.value.title == title
    assert failure.value.code == code
    assert failure.value.detail == detail
    assert said in str(failure.value)


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (400, BadRequestError),
        (401, AuthenticationError),
        (403, AccessDeniedError),
        (404, NotFoundError),
        (418, BadRequestError),
        (429, RateLimitedError),
        (500, ServerError),
        (520, ServerError),
        (999, ServerError),
    ],
)
def test_status_selects_the_error_and_its_next_step(status, error):
    with pytest.raises(error) as failure:
        interpret({"error": ENVELOPE}, status=status)
    assert failure.value.status == status
    assert re.search(
        rf"[a-z)]: No such job\. [A-Z].*\. \(GET .*: {status}[A-Za-z' ]*\)$", str(failure.value)
    )


@pytest.mark.parametrize("status", [403, 404])
def test_feature_that_is_not_enabled_is_named_as_such(status):
    text = "You do not have permission to use this feature."
    with pytest.raises((AccessDeniedError, NotFoundError), match="Prolific support"):
        interpret({"error": {**ENVELOPE, "detail": text}}, status=status)
    with pytest.raises(BadRequestError) as other:
        interpret({"error": {**ENVELOPE, "detail": text}}, status=400)
    assert "support" not in str(other.value)


def test_retry_after_is_in_the_message():
    with pytest.raises(RateLimitedError, match="asks to wait 12 s") as limited:
        interpret({"error": ENVELOPE}, status=429, retry_after=12.0)
    assert limited.value.retry_after == 12.0


def test_signature_of_a_reported_url_is_hidden_in_later_errors():
    redactor = Redactor(TOKEN)
    request = boundary.status_request(REFS["batch"], api.EXPORT_ID)
    state = {"status": "complete", "url": api.SIGNED, "expires_at": "2099-01-01T00:00:00Z"}
    for body, status in ((json.dumps(state).encode(), 200), (b"no 5ecret5ignature here", 404)):
        try:
            boundary.interpret(
                request, ApiReply(status, {}, body), redactor=redactor, retry_after=None
            )
        except NotFoundError as error:
            told = str(error)
    assert "no [redacted] here" in told


def test_errors_contain_no_token_or_signature():
    hostile = {
        "error": {
            "status": 403,
            "error_code": 1,
            "title": f"Token {TOKEN} refused",
            "detail": {TOKEN: [f"see {api.SIGNED}", TOKEN]},
        }
    }
    for body, status in [
        (hostile, 403),
        (f"<p>{TOKEN} {api.SIGNED}</p>".encode(), 500),
        ({"status": f"{TOKEN}", "url": api.SIGNED}, 200),
        ({"status": "generating", "url": api.SIGNED, "export_id": TOKEN}, 200),
    ]:
        with pytest.raises(ExportsError) as failure:
            interpret(body, status=status)
        text = f"{failure.value} {failure.value!r} {failure.value.__dict__}"
        assert TOKEN not in text
        assert "5ecret5ignature" not in text


def test_calls_send_token_and_user_agent(router, resource, kind):
    post = router.post(api.post_url(kind)).mock(return_value=api.complete())
    resource.export(api.RESOURCE[kind])
    headers = post.calls.last.request.headers
    assert headers["Authorization"] == f"Token {TOKEN}"
    assert headers["User-Agent"].startswith("prolific-exports/")
    assert headers["Referer"].startswith("https://")
    assert headers["User-Agent"].removeprefix("prolific-exports/") in headers["Referer"]
    assert post.calls.last.request.content == b""


def test_settings_are_read_from_the_environment(router, clients, kind, monkeypatch):
    monkeypatch.setenv("PROLIFIC_TOKEN", "fr0m-the-environment")
    monkeypatch.setenv("PROLIFIC_URL", "https://staging.example/")
    post = router.post(api.post_url(kind, "https://staging.example")).mock(
        return_value=api.complete()
    )
    exports = clients.make(None)
    getattr(exports, api.PLURAL[kind]).export(api.RESOURCE[kind])
    assert post.calls.last.request.headers["Authorization"] == "Token fr0m-the-environment"
    assert repr(exports) == "Exports(base_url='https://staging.example')"


def test_injected_client_is_used_and_stays_open(clients, kind):
    seen = []

    def handler(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return api.complete()

    client = clients.http_client(
        transport=httpx.MockTransport(handler),
        headers={"Authorization": "Bearer other", "X-Team": "7"},
        auth=("user", "password"),
        follow_redirects=True,
    )
    exports = clients.make(base_url=api.BASE, http_client=client)
    getattr(exports, api.PLURAL[kind]).export(api.RESOURCE[kind])
    exports.close()
    assert seen[0].headers["Authorization"] == f"Token {TOKEN}"
    assert seen[0].headers["X-Team"] == "7"
    assert not client.is_closed


def test_own_client_is_closed_with_the_exports(router, clients, kind):
    router.post(api.post_url(kind)).mock(return_value=api.complete())
    exports = clients.make(base_url=api.BASE)
    exports.close()
    with pytest.raises(UsageError, match="client is closed"):
        getattr(exports, api.PLURAL[kind]).export(api.RESOURCE[kind])


@pytest.mark.parametrize(
    ("name", "value"),
    [("HTTPS_PROXY", "ftp://user:pa55word@proxy.example"), ("SSL_CERT_FILE", "missing.pem")],
)
def test_unusable_environment_is_a_usage_error(
    clients, monkeypatch, clean_environment, name, value
):
    monkeypatch.setenv(name, value)
    with pytest.raises(UsageError, match=name) as refused:
        clients.make()
    assert "pa55word" not in str(refused.value)


@pytest.mark.parametrize(
    "address",
    [
        # Every address that http is allowed to.
        *("http://127.0.0.1", "http://localhost", "http://[::1]"),
        *("http://127.0.0.2", "http://[0:0:0:0:0:0:0:1]"),
        *("https://127.0.0.1", "https://localhost", "https://[::1]"),
    ],
)
def test_loopback_requests_use_no_proxy(clients, monkeypatch, address):
    """Over http, the proxy would read the token."""
    with closing(socket.create_server(("127.0.0.1", 0))) as proxy:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.getsockname()[1]}")
        monkeypatch.delenv("NO_PROXY", raising=False)
        monkeypatch.delenv("no_proxy", raising=False)
        exports = clients.make(
            base_url=f"{address}:1", clock=FakeClock(), timeout=0.1, call_timeout=1
        )
        with pytest.raises(NoAnswerError):
            exports.collections.job(api.COLLECTION, api.EXPORT_ID).status()
        proxy.settimeout(0)
        with pytest.raises(BlockingIOError):
            proxy.accept()


@pytest.mark.parametrize("seconds", [30, 0.5])
def test_endless_response_ends_with_the_call(clients, kind, clock, seconds):
    """A byte now and then would satisfy httpx for ever."""

    def drip():
        while True:
            clock.advance(6)
            yield b" "

    async def async_drip():
        for byte in drip():
            yield byte

    def handler(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=drip() if clients.flavour == "sync" else async_drip())

    client = clients.http_client(transport=httpx.MockTransport(handler))
    exports = clients.make(base_url=api.BASE, http_client=client, clock=clock, call_timeout=seconds)
    with pytest.raises(ExportsError, match=f"no complete response within {seconds} s"):
        getattr(exports, api.PLURAL[kind]).export(api.RESOURCE[kind])


def test_oversized_response_is_not_read_completely(clients, kind):
    pieces = []

    def flood():
        for _ in range(1000):
            pieces.append(1)
            yield b"x" * 1024 * 1024

    async def async_flood():
        for piece in flood():
            yield piece

    def handler(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, content=flood() if clients.flavour == "sync" else async_flood())

    client = clients.http_client(transport=httpx.MockTransport(handler))
    exports = clients.make(base_url=api.BASE, http_client=client)
    with pytest.raises(ContractViolation, match="not JSON"):
        getattr(exports, api.PLURAL[kind]).export(api.RESOURCE[kind])
    assert len(pieces) < 10


def test_events_and_calls_are_logged_without_secrets(router, resource, kind, caplog):
    caplog.set_level(logging.DEBUG)
    router.post(api.post_url(kind)).mock(return_value=api.complete())
    resource.export(api.RESOURCE[kind])
    assert "answered 200" in caplog.text
    assert "Requested(" in caplog.text
    assert TOKEN not in caplog.text
    assert "5ecret5ignature" not in caplog.text


@pytest.mark.parametrize(
    ("location", "says"),
    [
        ("https://eu.example/p{path}", "set PROLIFIC_URL to https://eu.example/p."),
        ("https://eu.example:8443{path}/?a=5ecret", "set PROLIFIC_URL to https://eu.example:8443."),
        ("https://[::1]{path}", "set PROLIFIC_URL to https://[::1]."),
        (
            "https://user:5ecret@login.example/sign-in?next=5ecret#5ecret",
            "redirects to https://login.example/sign-in. Redirects are not followed",
        ),
        ("https://login.example/", "requires a login"),
        ("/sign-in?next=5ecret", "redirects to /sign-in."),
    ],
)
def test_redirect_error_names_its_location(router, resource, kind, location, says):
    path = httpx.URL(api.post_url(kind)).path
    headers = {"Location": location.format(path=path)}
    router.post(api.post_url(kind)).mock(return_value=httpx.Response(308, headers=headers))

    with pytest.raises(ContractViolation, match="PROLIFIC_URL") as failure:
        resource.export(api.RESOURCE[kind])

    assert says in str(failure.value)
    assert "5ecret" not in str(failure.value)


@pytest.mark.parametrize("headers", [{}, {"Location": ""}])
def test_redirect_without_location_is_refused(router, resource, kind, headers):
    router.post(api.post_url(kind)).mock(return_value=httpx.Response(302, headers=headers))

    with pytest.raises(ContractViolation, match="PROLIFIC_URL"):
        resource.export(api.RESOURCE[kind])


@pytest.mark.parametrize(
    "page",
    [
        b"<!DOCTYPE html><title>Log in</title>",
        b"\xef\xbb\xbf\r\n <html><body>Welcome to the guest network",
        b"<!-- proxy --><HTML>",
    ],
)
def test_page_with_status_200_is_reported_as_a_web_page(kind, page):
    with pytest.raises(ContractViolation, match="is a web page, from a login page") as failure:
        interpret(page, kind)

    assert "PROLIFIC_URL" in str(failure.value)
    assert "HTTPS_PROXY" in str(failure.value)
