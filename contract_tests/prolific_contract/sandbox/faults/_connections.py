"""Faults of the connection: it ends, hangs, creeps or speaks something else."""

from prolific_contract.sandbox._wire import message_body, message_head
from prolific_contract.sandbox.faults._transfer import (
    Transfer,
    TransferFault,
    at_first,
    cut_off,
    once_begun,
)

_DRIPS = 20
_DRIP_SECONDS = 0.02
_HUGE_BYTES = 1 << 18


def _reset_at_half(one: Transfer) -> None:
    cut_off(one)
    # What was sent has to arrive first: a reset takes back what was not read yet.
    one.line.pause(_DRIP_SECONDS)
    one.line.reset()


def _stall(one: Transfer) -> None:
    cut_off(one)
    one.line.hang()


def _drip(one: Transfer) -> None:
    reply = one.answer()
    body = message_body(reply)
    size = len(body) // _DRIPS + 1
    one.line.send_head(reply)
    for start in range(0, len(body), size):
        one.line.send(body[start : start + size])
        one.line.pause(_DRIP_SECONDS)


def _cut_head(one: Transfer) -> None:
    head = message_head(one.answer())
    one.line.send(head[: len(head) // 2])


def _huge_head(one: Transfer) -> None:
    one.line.send(b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * _HUGE_BYTES + b"\r\n\r\n")


def _nothing(one: Transfer) -> None:
    """The connection is closed by the server when this returns."""


CONNECTIONS = (
    TransferFault(
        "short-body",
        "It closes the connection in the middle of the body, twice",
        at_first(cut_off, 2),
    ),
    TransferFault(
        "reset",
        "It resets the connection in the middle of the body, twice",
        at_first(_reset_at_half, 2),
    ),
    TransferFault(
        "reset-at-once",
        "It resets the connection instead of answering, twice",
        at_first(lambda one: one.line.reset(), 2),
    ),
    TransferFault(
        "close-at-once",
        "It closes the connection instead of answering, twice",
        at_first(_nothing, 2),
    ),
    TransferFault(
        "expired-reset",
        "It resets the connection when a download is gone on with, as some stores do to "
        "expired URLs, once",
        once_begun(lambda one: one.line.reset(), 1),
    ),
    TransferFault(
        "stall",
        "It sends half of the body and then nothing, with the connection open, once",
        at_first(_stall),
    ),
    TransferFault(
        "silent",
        "It accepts the connection and never answers, once",
        at_first(lambda one: one.line.hang()),
    ),
    TransferFault(
        "drip",
        "It sends the body in 20 small pieces with pauses between them, always",
        _drip,
    ),
    TransferFault(
        "garbage-status-line",
        "It answers with a status line that is none, once",
        at_first(lambda one: one.line.send(b"HTTP/1.x OK 200\r\n\r\n")),
    ),
    TransferFault(
        "cut-head",
        "It closes the connection in the middle of the headers, once",
        at_first(_cut_head),
    ),
    TransferFault(
        "huge-head",
        "It sends a header of 256 KiB, once",
        at_first(_huge_head),
    ),
)
