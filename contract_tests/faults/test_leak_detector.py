"""The leak detector finds leaks; otherwise the tests that use it would prove nothing."""

import logging

import pytest
from helpers.leak_detector import TransferLeakDetector

TOKEN = "t0ken-of-a-test"
KEY = "5ecret"
API = b"GET /api/v1/x HTTP/1.1\r\nAuthorization: Token t0ken-of-a-test\r\n\r\n"
STORE = b"GET /store/x?X-Amz-Credential=who%2Fwhen&X-Amz-Signature=5ecret HTTP/1.1\r\n\r\n"


@pytest.fixture
def detector(tmp_path):
    detector = TransferLeakDetector(TOKEN, tmp_path)
    detector.heads += [API, STORE]
    return detector


def test_necessary_credentials_are_not_leaks(detector):
    detector.check("fine")


def test_unused_store_proves_nothing(detector):
    del detector.heads[1]
    with pytest.raises(AssertionError, match="never asked"):
        detector.check()


@pytest.mark.parametrize("secret", [TOKEN, KEY, "who/when", "who%2Fwhen"])
def test_misplaced_secrets_are_found(detector, secret, tmp_path, monkeypatch):
    with pytest.raises(AssertionError):
        detector.check(f"it said {secret}")
    with detector.watching(monkeypatch):
        logging.getLogger("httpx").debug("%s", secret)
    with pytest.raises(AssertionError):
        detector.check()
    detector.recorded.clear()
    (tmp_path / "file").write_text(f"with {secret}")
    detector.record_event(object())
    (tmp_path / "file").unlink()
    with pytest.raises(AssertionError):
        detector.check()


def test_error_causes_are_searched(detector):
    try:
        try:
            raise OSError(KEY)
        except OSError:
            raise ValueError("something else")  # noqa: B904 - that is what it is about
    except ValueError as error:
        detector.record_error(error)
    with pytest.raises(AssertionError):
        detector.check()


@pytest.mark.parametrize(
    "head",
    [
        STORE.replace(b"\r\n\r\n", b"\r\nAuthorization: Token t0ken-of-a-test\r\n\r\n"),
        STORE.replace(b"\r\n\r\n", b"\r\nReferer: http://x/?X-Amz-Signature=5ecret\r\n\r\n"),
        STORE.replace(b"/store/x?", b"/store/x?token=t0ken-of-a-test&"),
        API.replace(b"/x ", b"/x?X-Amz-Signature=5ecret "),
        API.replace(b"/x ", b"/t0ken-of-a-test "),
    ],
)
def test_requests_carry_only_necessary_credentials(detector, head):
    detector.heads.append(head)
    with pytest.raises(AssertionError):
        detector.check()
