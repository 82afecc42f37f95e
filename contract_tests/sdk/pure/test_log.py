"""What HTTP libraries log while the SDK sends has no secrets; the rest is logged as ever."""

import asyncio
import logging
from threading import Thread

import httpx
import pytest
from prolific_exports._http import _logging as log
from prolific_exports._model._redactor import Redactor

NONE_KNOWN = Redactor()
URL = "https://s.example/x.zip?X-Amz-Signature=SECRET"
LIBRARIES = ["httpx", "httpcore.connection", "httpcore.http11", "httpcore.http2", "hpack.hpack"]


@pytest.fixture(autouse=True)
def everything(caplog):
    for name in ("", *LIBRARIES):
        caplog.set_level(logging.DEBUG, logger=name or None)


def test_httpx_logs_the_url_without_its_query(caplog):
    transport = httpx.MockTransport(lambda _request: httpx.Response(200))
    with httpx.Client(transport=transport) as client, log.without_secrets(NONE_KNOWN):
        client.get(URL)
    assert caplog.messages == [
        'HTTP Request: GET https://s.example/x.zip?[redacted] "HTTP/1.1 200 OK"'
    ]


@pytest.mark.parametrize("name", LIBRARIES)
@pytest.mark.parametrize(
    ("message", "args"),
    [
        (f"response {URL}", ()),
        ("request %s", (URL,)),
        ("request %s %r", (httpx.URL(URL), URL)),
        ("headers %s", ([(b"location", URL.encode())],)),
        ("encoding %s", ([(b"authorization", b"Token SECRET")],)),
        ("request %(url)s", ({"url": URL},)),
    ],
)
def test_secret_is_hidden_everywhere_in_a_record(caplog, name, message, args):
    with log.without_secrets(NONE_KNOWN):
        logging.getLogger(name).debug(message, *args)
    assert "SECRET" not in caplog.text
    assert "[redacted]" in caplog.text


def test_secret_that_only_the_redactor_knows_is_hidden(caplog):
    with log.without_secrets(Redactor("kq3v9Xw2Lr7tYb5nMz8c")):
        logging.getLogger("httpcore.http11").debug("failed %r", [b"x-kq3v9xw2lr7tyb5nmz8c"])
    assert caplog.messages == ["failed [b'x-[redacted]']"]


def test_number_formats_are_unchanged(caplog):
    with log.without_secrets(NONE_KNOWN):
        logging.getLogger("httpx").info("%s %d took %.2f s, 100%%", "GET", 200, 1.239)
    assert caplog.messages == ["GET 200 took 1.24 s, 100%"]


def test_other_requests_are_logged_unchanged(caplog):
    with log.without_secrets(NONE_KNOWN):
        pass
    logging.getLogger("httpx").info("request %s", URL)
    with log.without_secrets(NONE_KNOWN):
        logging.getLogger("somebody.else").info("request %s", URL)
    assert caplog.messages == [f"request {URL}"] * 2
    assert caplog.records[0].args == (URL,)


def test_other_thread_is_logged_unchanged(caplog):
    with log.without_secrets(NONE_KNOWN):
        other = Thread(target=logging.getLogger("httpx").info, args=("request %s", URL))
        other.start()
        other.join()
    assert caplog.messages == [f"request {URL}"]


def test_other_task_is_logged_unchanged_while_ours_waits(caplog):
    async def ours():
        with log.without_secrets(NONE_KNOWN):
            await asyncio.sleep(0)
            logging.getLogger("httpx").info("ours %s", URL)

    async def theirs():
        logging.getLogger("httpx").info("theirs %s", URL)

    async def both():
        await asyncio.gather(ours(), theirs())

    asyncio.run(both())
    assert sorted(record.getMessage() for record in caplog.records if record.name == "httpx") == [
        "ours https://s.example/x.zip?[redacted]",
        f"theirs {URL}",
    ]


def test_log_redaction_ends_after_an_error(caplog):
    with (
        pytest.raises(httpx.ReadError),
        log.without_secrets(NONE_KNOWN),
        log.without_secrets(NONE_KNOWN),
    ):
        raise httpx.ReadError("cut off")
    logging.getLogger("httpx").info(URL)
    assert caplog.messages == [URL]


def test_package_logs_nothing_without_configuration():
    assert log.LOGGER.name == "prolific_exports"
    assert any(isinstance(handler, logging.NullHandler) for handler in log.LOGGER.handlers)
