"""Faults of range and conditional requests; the first body is cut to provoke them."""

import re
from collections.abc import Callable
from typing import TypeAlias

from attrs import evolve

from prolific_contract.sandbox._http import Reply, StoreError, xml_reply
from prolific_contract.sandbox._replies import with_body, with_header
from prolific_contract.sandbox._store import matches
from prolific_contract.sandbox._wire import message_body
from prolific_contract.sandbox.faults._transfer import (
    Transfer,
    TransferBehaviour,
    TransferFault,
    on_resume,
)

_OTHER_ETAG = '"7e57ed0b1ec7"'
_BOUNDARY = "sandbox-part"

_Relabel: TypeAlias = Callable[[int, int, int], str]


def _labelled(relabel: _Relabel) -> TransferBehaviour:
    """Replace ``Content-Range``, given first byte, last byte and size."""

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
    """As if the archive had been replaced: the same bytes, a new ETag."""
    condition = one.call.headers.get("if-match")
    if condition is not None and not matches(condition, _OTHER_ETAG):
        error = StoreError(
            412, "PreconditionFailed", "The object's ETag is not the one in If-Match."
        )
        one.deliver(xml_reply(error))
    else:
        one.deliver(with_header(one.answer(without=("if-match",)), "ETag", _OTHER_ETAG))


def _retagged(etag: Callable[[str], str | None]) -> TransferBehaviour:
    """Replace the ETag in every response."""

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
        on_resume(lambda one: one.deliver(one.whole())),
    ),
    TransferFault(
        "range-shifted",
        "It answers a range request with a range that starts one byte later, once",
        on_resume(_shifted, 1),
    ),
    TransferFault(
        "range-mislabelled",
        "It answers a range request with the right bytes and a wrong Content-Range, once",
        on_resume(_labelled(lambda _, last, size: f"bytes 0-{last}/{size}"), 1),
    ),
    TransferFault(
        "range-of-another-size",
        "It answers a range request with a wrong total size in Content-Range, once",
        on_resume(_labelled(lambda first, last, size: f"bytes {first}-{last}/{size + 1}"), 1),
    ),
    TransferFault(
        "range-wrong-bytes",
        "It answers a range request with the right Content-Range and the first bytes of "
        "the archive, once",
        on_resume(_from_the_beginning, 1),
    ),
    TransferFault(
        "range-unlabelled",
        "It answers a range request with 206 and no Content-Range, once",
        on_resume(lambda one: one.deliver(_without_range(one.answer())), 1),
    ),
    TransferFault(
        "range-in-parts",
        "It answers a range request with multipart/byteranges, once",
        on_resume(_in_parts, 1),
    ),
    TransferFault(
        "range-refused",
        "It answers a range request with 416, once",
        on_resume(_unsatisfiable, 1),
    ),
    TransferFault(
        "etag-changes",
        "It has a new ETag when a download resumes, and respects If-Match",
        on_resume(_replaced),
    ),
    TransferFault(
        "if-match-ignored",
        "It has a new ETag when a download resumes, and ignores If-Match",
        on_resume(
            lambda one: one.deliver(
                with_header(one.answer(without=("if-match",)), "ETag", _OTHER_ETAG)
            )
        ),
    ),
    TransferFault(
        "etag-missing",
        "It sends no ETag, and closes the connection halfway through the first body",
        _retagged(lambda _: None),
    ),
    TransferFault(
        "etag-weak",
        "It sends a weak ETag, and closes the connection halfway through the first body",
        _retagged(lambda etag: f"W/{etag}"),
    ),
)
