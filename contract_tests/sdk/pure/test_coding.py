"""Compressed bodies: decoded within bounds, whatever they become."""

import gzip
import zlib
from random import Random

import pytest
from prolific_exports._model._content_coding import (
    BodyExcerpt,
    CodingError,
    Decoder,
    can_be_undone,
    codings_of,
)

TEXT = b"".join(b"%d " % number for number in range(20_000))
MIB = 1024 * 1024


def deflated(data, wbits=zlib.MAX_WBITS):
    compressor = zlib.compressobj(wbits=wbits)
    return compressor.compress(data) + compressor.flush()


def bomb(mebibytes=200):
    """A few hundred bytes under two layers of gzip."""
    compressor = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    parts = [compressor.compress(bytes(MIB)) for _ in range(mebibytes)]
    return gzip.compress(b"".join(parts) + compressor.flush())


def decoded(data, *codings, step=None, free=MIB, ratio=0):
    decoder = Decoder(codings, free, ratio)
    step = step or len(data) or 1
    pieces = [
        bytes(piece)
        for start in range(0, len(data), step)
        for piece in decoder.feed(data[start : start + step])
    ]
    return b"".join(pieces), decoder


@pytest.mark.parametrize("step", [1, 7, 4096, None])
@pytest.mark.parametrize(
    ("data", "codings"),
    [
        (TEXT, ()),
        (gzip.compress(TEXT, mtime=0), ("gzip",)),
        (gzip.compress(TEXT, mtime=0), ("x-gzip",)),
        (deflated(TEXT), ("deflate",)),
        (deflated(TEXT, -zlib.MAX_WBITS), ("deflate",)),
        (gzip.compress(deflated(TEXT), mtime=0), ("deflate", "gzip")),
        (gzip.compress(TEXT[:9], mtime=0) + gzip.compress(TEXT[9:], mtime=0), ("gzip",)),
        (gzip.compress(TEXT, mtime=0) + bytes(100), ("gzip",)),
        (deflated(TEXT) + b"behind it", ("deflate",)),
    ],
    ids=range(9),
)
def test_body_is_decoded_from_any_chunks(data, codings, step):
    result, decoder = decoded(data, *codings, step=step)
    assert result == TEXT
    assert decoder.is_complete


@pytest.mark.parametrize("cut", [0, 1, 5, 100, -1])
def test_truncated_body_is_not_complete(cut):
    result, decoder = decoded(gzip.compress(TEXT, mtime=0)[:cut], "gzip")
    assert TEXT.startswith(result)
    assert not decoder.is_complete


@pytest.mark.parametrize(
    ("data", "coding"),
    [
        (b"PK\x03\x04", "gzip"),
        (b"\x1f\x8bxxxxxxxxxx", "gzip"),
        (gzip.compress(TEXT, mtime=0)[:-8] + bytes(8), "gzip"),
        (b"\xff" * 20, "deflate"),
        (deflated(TEXT)[:-4] + bytes(4), "deflate"),
    ],
    ids=range(5),
)
def test_damaged_body_is_an_error(data, coding):
    with pytest.raises(CodingError, match=f"its {coding} coding is damaged"):
        decoded(data, coding)


def test_bomb_is_not_decoded_beyond_the_bound():
    data = bomb()
    assert len(data) < 2000
    sizes = []
    with pytest.raises(CodingError, match=f"{len(data)} bytes in gzip, gzip expand to more than"):
        sizes.extend(map(len, Decoder(("gzip", "gzip"), 4 * MIB).feed(data)))
    assert 3 * MIB < sum(sizes) <= 4 * MIB
    assert max(sizes) <= 64 * 1024


def test_empty_layer_is_bounded():
    # Each member is 20 bytes and becomes none.
    data = gzip.compress(gzip.compress(b"", mtime=0) * 200_000)
    with pytest.raises(CodingError, match="expand to more than"):
        decoded(data, "gzip", "gzip", free=MIB)


def test_bound_grows_with_the_received_bytes():
    data = gzip.compress(Random(1).randbytes(10_000) + bytes(20 * MIB))
    assert len(decoded(data, "gzip", free=MIB, ratio=1000)[0]) == 10_000 + 20 * MIB
    with pytest.raises(CodingError):
        decoded(data, "gzip", free=MIB, ratio=200)


def test_decoding_stops_when_no_more_is_requested():
    pieces = Decoder(("gzip",), 10).feed(gzip.compress(bytes(9)) + b"no gzip" * 3)
    assert next(pieces) == bytes(9)


def test_coding_names_without_compression_are_ignored():
    assert codings_of("") == ()
    assert codings_of("utf-8, aws-chunked, identity, x,,") == ()
    assert codings_of("utf-8, GZIP,  br") == ("gzip", "br")


def test_only_a_few_layers_of_gzip_and_deflate_can_be_undone():
    assert can_be_undone(())
    assert can_be_undone(("gzip", "deflate", "x-gzip", "gzip", "gzip"))
    assert not can_be_undone(("gzip",) * 6)
    assert not can_be_undone(("br",))


@pytest.mark.parametrize("encoding", ["", "gzip", "gzip, gzip"])
def test_beginning_of_a_body_is_kept_up_to_its_size(encoding):
    data = bytes(MIB)
    for _ in codings_of(encoding):
        data = gzip.compress(data)
    body = BodyExcerpt.of(encoding, 1000)
    assert body.is_enough(data)
    assert (bytes(body.data), body.is_cut) == (bytes(1000), True)


def test_body_of_exactly_the_size_is_not_truncated():
    body = BodyExcerpt.of("gzip", 1000)
    assert not body.is_enough(gzip.compress(bytes(1000)))
    assert (bytes(body.data), body.is_cut) == (bytes(1000), False)


def test_body_shorter_than_announced_is_truncated():
    """Empty blocks go on for as long as a server likes, and become nothing."""
    compressor = zlib.compressobj(wbits=zlib.MAX_WBITS | 16)
    data = compressor.compress(b"") + compressor.flush(zlib.Z_FULL_FLUSH)
    body = BodyExcerpt.of("gzip", 1000)
    assert not body.is_enough(data)
    assert body.is_enough(b"\x00\x00\x00\xff\xff" * 200)
    assert (bytes(body.data), body.is_cut) == (b"", True)


def test_end_of_a_compressed_body_is_detected():
    data = gzip.compress(b"x" * 1000, mtime=0)
    body = BodyExcerpt.of("gzip", 1000)
    body.check_end()
    body.is_enough(data[:-1])
    with pytest.raises(CodingError, match="break off"):
        body.check_end()
    body.is_enough(data[-1:])
    body.check_end()


@pytest.mark.parametrize("encoding", ["br", "gzip, zstd", "gzip," * 9])
def test_body_with_unknown_coding_is_unchanged(encoding):
    body = BodyExcerpt.of(encoding, 1000)
    assert not body.is_enough(b"\x80 as it came")
    assert bytes(body.data) == b"\x80 as it came"
