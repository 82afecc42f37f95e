"""Faults of the body: its length, framing and bytes."""

import gzip

from attrs import evolve

from prolific_contract.sandbox._http import Reply
from prolific_contract.sandbox._replies import with_body, with_header
from prolific_contract.sandbox._wire import message_body
from prolific_contract.sandbox.faults._transfer import (
    Transfer,
    TransferFault,
    changed,
    first_requests,
)

_MORE_BYTES = 100
_PAGE = b"<!doctype html><title>Welcome</title><p>Accept our terms to use this network."


def _half(reply: Reply) -> Reply:
    body = message_body(reply)
    return with_body(reply, body[: len(body) // 2])


def _promising_more(reply: Reply) -> Reply:
    length = len(message_body(reply)) + _MORE_BYTES
    return with_header(reply, "Content-Length", str(length))


def _flipped(reply: Reply) -> Reply:
    body = bytearray(message_body(reply))
    body[len(body) // 2] ^= 0xFF
    return evolve(reply, body=bytes(body))


def _gzipped(reply: Reply) -> Reply:
    body = with_body(reply, gzip.compress(message_body(reply), mtime=0))
    return with_header(body, "Content-Encoding", "gzip")


def _page(one: Transfer) -> None:
    kind = (("Content-Type", "text/html"), ("Content-Length", str(len(_PAGE))))
    one.deliver(Reply(200, kind, _PAGE))


def _in_chunks(one: Transfer, *, to_the_end: bool) -> None:
    reply = with_header(one.answer(), "Content-Length", None)
    body = message_body(reply)
    part = body if to_the_end else body[: len(body) // 2]
    one.connection.send_head(with_header(reply, "Transfer-Encoding", "chunked"))
    one.connection.send(b"%x\r\n%b\r\n" % (len(part), part))
    if to_the_end:
        one.connection.send(b"0\r\n\r\n")


def _until_closed(one: Transfer, *, to_the_end: bool) -> None:
    reply = with_header(one.answer(), "Content-Length", None)
    body = message_body(reply)
    one.connection.send_head(reply, "1.0")
    one.connection.send(body if to_the_end else body[: len(body) // 2])


BODIES = (
    TransferFault(
        "length-too-short",
        "It declares half of the body's length and sends half of the body, once",
        first_requests(changed(_half)),
    ),
    TransferFault(
        "length-too-long",
        "It declares a length 100 bytes greater than the body it sends, once",
        first_requests(changed(_promising_more)),
    ),
    TransferFault(
        "chunked",
        "It sends the body in chunks and declares no length, always",
        lambda one: _in_chunks(one, to_the_end=True),
    ),
    TransferFault(
        "chunked-cut",
        "It sends the body in chunks and closes the connection halfway, once",
        first_requests(lambda one: _in_chunks(one, to_the_end=False)),
    ),
    TransferFault(
        "no-length",
        "It answers in HTTP/1.0 without a length, so that the body ends when the "
        "connection closes, always",
        lambda one: _until_closed(one, to_the_end=True),
    ),
    TransferFault(
        "no-length-cut",
        "It answers in HTTP/1.0 without a length and closes the connection halfway, once",
        first_requests(lambda one: _until_closed(one, to_the_end=False)),
    ),
    TransferFault(
        "flipped-byte",
        "It changes one byte of the body, once",
        first_requests(changed(_flipped)),
    ),
    TransferFault(
        "gzip",
        "It compresses the body although the client did not ask for it, always",
        changed(_gzipped),
    ),
    TransferFault(
        "web-page",
        "It answers 200 with a web page, like the login page of a public network, once",
        first_requests(_page),
    ),
)
