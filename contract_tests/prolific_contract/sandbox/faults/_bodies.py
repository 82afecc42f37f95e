"""Faults of the body: its length, how it is marked off, and its bytes."""

import gzip

from attrs import evolve

from prolific_contract.sandbox._http import Reply
from prolific_contract.sandbox._replies import with_body, with_header
from prolific_contract.sandbox._wire import message_body
from prolific_contract.sandbox.faults._transfer import (
    Transfer,
    TransferFault,
    at_first,
    changed,
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
    one.line.send_head(with_header(reply, "Transfer-Encoding", "chunked"))
    one.line.send(b"%x\r\n%b\r\n" % (len(part), part))
    if to_the_end:
        one.line.send(b"0\r\n\r\n")


def _until_closed(one: Transfer, *, to_the_end: bool) -> None:
    reply = with_header(one.answer(), "Content-Length", None)
    body = message_body(reply)
    one.line.send_head(reply, "1.0")
    one.line.send(body if to_the_end else body[: len(body) // 2])


BODIES = (
    TransferFault(
        "length-too-short",
        "It says that the body has half its length and sends that, once",
        at_first(changed(_half)),
    ),
    TransferFault(
        "length-too-long",
        "It says that the body has 100 bytes more than it sends, once",
        at_first(changed(_promising_more)),
    ),
    TransferFault(
        "chunked",
        "It sends the body in chunks, without its length, always",
        lambda one: _in_chunks(one, to_the_end=True),
    ),
    TransferFault(
        "chunked-cut",
        "It sends the body in chunks and closes the connection in the middle, once",
        at_first(lambda one: _in_chunks(one, to_the_end=False)),
    ),
    TransferFault(
        "no-length",
        "It answers in HTTP/1.0 without a length: the body ends with the connection, always",
        lambda one: _until_closed(one, to_the_end=True),
    ),
    TransferFault(
        "no-length-cut",
        "It answers in HTTP/1.0 without a length and closes in the middle, once",
        at_first(lambda one: _until_closed(one, to_the_end=False)),
    ),
    TransferFault(
        "flipped-byte",
        "It sends a body with one byte changed, once",
        at_first(changed(_flipped)),
    ),
    TransferFault(
        "gzip",
        "It compresses the body although that was not asked for, always",
        changed(_gzipped),
    ),
    TransferFault(
        "web-page",
        "It answers 200 with a web page, as networks do that want a login, once",
        at_first(_page),
    ),
)
