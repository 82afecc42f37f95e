"""Faults of range and conditional requests; the first request is cut off to provoke them."""

import re
from collections.abc import Callable
from typing import TypeAlias

from attrs import evolve

from prolific_contract.sandbox._http import Reply, StoreError, xml_reply
from prolific_contract.sandbox._replies import with_body, with_header
from prolific_contract.sandbox._store import matches
from prolific_contract.sandbox._wire import message_body
from prolific_contract.sandbox.faults._transfer import (
    Behaviour,
    Transfer,
    TransferFault,
    once_begun,
)

_OTHER_ETAG = '"7e57ed0b1ec7"'
_BOUNDARY = "sandbox-part"

_Relabel: TypeAlias = Callable[[int, int, int], str]


def _labelled(relabel: _Relabel) -> Behaviour:
    """Another ``Content-Range``, from first byte, last byte and size."""

    def behave(one: Transfer) -> None:
        reply = one.answer()
        first, last, size = map(int, re.findall("[0-9]+", reply.header("Content-Range") or "0 0 0"))
        one.deliver(with_header(reply, "Content-Range", relabel(first, last, size)))

    return behave


def _shifted(one: Transfer) -> None:
    reply = one.answer()
    first, last, size = map(int, re.findall("[0-9]+", reply.header("Content-Range") or "0 0 0"))
    later = with_header(reply, "Content-Range", f"bytes {first + 1}-{last}/{size}")
    one.deliver(with_body(later, message_body(reply)[1:]))


def _from_the_beginning(one: Transfer) -> None:
    reply = one.answer()
    length = len(message_body(reply))
    one.deliver(evolve(reply, body=message_body(one.whole())[:length]))


def _in_parts(one: Transfer) -> None:
    reply = one.answer()
    place = reply.header("Content-Range") or ""
    part = f"--{_BOUNDARY}\r\nContent-Range: {place}\r\n\r\n".encode() + message_body(reply)
    whole = part + f"\r\n--{_BOUNDARY}--\r\n".encode()
    kind = f"multipart/byteranges; boundary={_BOUNDARY}"
    plain = with_header(with_body(reply, whole), "Content-Range", None)
    one.deliver(with_header(plain, "Content-Type", kind))


def _unsatisfiable(one: Transfer) -> None:
    size = len(message_body(one.whole()))
    error = StoreError(416, "InvalidRange", "The requested range is not satisfiable")
    one.deliver(xml_reply(error, (("Content-Range", f"bytes */{size}"),)))


def _replaced(one: Transfer) -> None:
    """As if the archive had been written anew: the same bytes, another ETag."""
    condition = one.call.headers.get("if-match")
    if condition is not None and not matches(condition, _OTHER_ETAG):
        error = StoreError(412, "PreconditionFailed", "The object's ETag is another one.")
        one.deliver(xml_reply(error))
    else:
        one.deliver(with_header(one.answer(without=("if-match",)), "ETag", _OTHER_ETAG))


def _retagged(etag: Callable[[str], str | None]) -> Behaviour:
    """Another ETag from the first answer on."""

    def behave(one: Transfer) -> None:
        reply = one.answer(without=("if-match",))
        one.deliver_part(
            with_header(reply, "ETag", etag(reply.header("ETag") or "")),
            0.5 if one.number == 1 else 1.0,
        )

    return behave


def _without_range(reply: Reply) -> Reply:
    return with_header(reply, "Content-Range", None)


RANGES = (
    TransferFault(
        "range-ignored",
        "It answers a range request with 200 and the whole archive, always",
        once_begun(lambda one: one.deliver(one.whole())),
    ),
    TransferFault(
        "range-shifted",
        "It answers a range request with a range that begins a byte later, once",
        once_begun(_shifted, 1),
    ),
    TransferFault(
        "range-mislabelled",
        "It answers a range request with the right bytes and a Content-Range of others, once",
        once_begun(_labelled(lambda _, last, size: f"bytes 0-{last}/{size}"), 1),
    ),
    TransferFault(
        "range-of-another-size",
        "It answers a range request with a Content-Range that has another size, once",
        once_begun(_labelled(lambda first, last, size: f"bytes {first}-{last}/{size + 1}"), 1),
    ),
    TransferFault(
        "range-wrong-bytes",
        "It answers a range request with the right Content-Range and the archive's beginning, once",
        once_begun(_from_the_beginning, 1),
    ),
    TransferFault(
        "range-unlabelled",
        "It answers a range request with 206 and no Content-Range, once",
        once_begun(lambda one: one.deliver(_without_range(one.answer())), 1),
    ),
    TransferFault(
        "range-in-parts",
        "It answers a range request with multipart/byteranges, once",
        once_begun(_in_parts, 1),
    ),
    TransferFault(
        "range-refused",
        "It answers a range request with 416, once",
        once_begun(_unsatisfiable, 1),
    ),
    TransferFault(
        "etag-changes",
        "It has another ETag when a download is gone on with, and keeps to If-Match",
        once_begun(_replaced),
    ),
    TransferFault(
        "if-match-ignored",
        "It has another ETag when a download is gone on with, and ignores If-Match",
        once_begun(
            lambda one: one.deliver(
                with_header(one.answer(without=("if-match",)), "ETag", _OTHER_ETAG)
            )
        ),
    ),
    TransferFault(
        "etag-missing",
        "It sends no ETag, and cuts the first answer off",
        _retagged(lambda _: None),
    ),
    TransferFault(
        "etag-weak",
        "It sends a weak ETag, and cuts the first answer off",
        _retagged(lambda etag: f"W/{etag}"),
    ),
)
