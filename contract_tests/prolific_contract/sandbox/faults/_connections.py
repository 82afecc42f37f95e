"""Faults of the connection: it closes, hangs, is slow or is not HTTP."""

from prolific_contract.sandbox._wire import message_body, message_head
from prolific_contract.sandbox.faults._transfer import (
    Transfer,
    TransferFault,
    cut_body,
    first_requests,
    on_resume,
)

_DRIPS = 20
_DRIP_SECONDS = 0.02
_HUGE_BYTES = 1 << 18


def _reset_at_half(one: Transfer) -> None:
    cut_body(one)
    # A reset discards unread data, so what was sent must arrive first.
    one.connection.pause(_DRIP_SECONDS)
    one.connection.reset()


def _stall(one: Transfer) -> None:
    cut_body(one)
    one.connection.hang()


def _drip(one: Transfer) -> None:
    reply = one.answer()
    body = message_body(reply)
    size = len(body) // _DRIPS + 1
    one.connection.send_head(reply)
    for start in range(0, len(body), size):
        one.connection.send(body[start : start + size])
        one.connection.pause(_DRIP_SECONDS)


def _cut_head(one: Transfer) -> None:
    head = message_head(one.answer())
    one.connection.send(head[: len(head) // 2])


def _huge_head(one: Transfer) -> None:
    one.connection.send(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * _HUGE_BYTES + b"\r\n\r\n")


def _nothing(one: Transfer) -> None:
    """Send nothing; the server closes the connection afterwards."""


CONNECTIONS = (
    TransferFault(
        "short-body",
        "It closes the connection halfway through the body, twice",
        first_requests(cut_body, 2),
    ),
    TransferFault(
        "reset",
        "It resets the connection halfway through the body, twice",
        first_requests(_reset_at_half, 2),
    ),
    TransferFault(
        "reset-at-once",
        "It resets the connection instead of answering, twice",
        first_requests(lambda one: one.connection.reset(), 2),
    ),
    TransferFault(
        "close-at-once",
        "It closes the connection instead of answering, twice",
        first_requests(_nothing, 2),
    ),
    TransferFault(
        "expired-reset",
        "It resets the connection when a download resumes, as some stores do for an "
        "expired URL, once",
        on_resume(lambda one: one.connection.reset(), 1),
    ),
    TransferFault(
        "stall",
        "It sends half of the body, then nothing, and keeps the connection open, once",
        first_requests(_stall),
    ),
    TransferFault(
        "silent",
        "It accepts the connection and never answers, once",
        first_requests(lambda one: one.connection.hang()),
    ),
    TransferFault(
        "drip",
        "It sends the body in 20 small pieces with pauses between them, always",
        _drip,
    ),
    TransferFault(
        "garbage-status-line",
        "It answers with an invalid status line, once",
        first_requests(lambda one: one.connection.send(b"HTTP/1.x OK 200\r\n\r\n")),
    ),
    TransferFault(
        "cut-head",
        "It closes the connection halfway through the headers, once",
        first_requests(_cut_head),
    ),
    TransferFault(
        "huge-head",
        "It sends a header of 256 KiB, once",
        first_requests(_huge_head),
    ),
)
