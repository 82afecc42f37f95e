"""Ids are what is safe in a path and in a file name."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prolific_exports import ExportRef, UsageError
from prolific_exports._model._references import KINDS, check_id

WORDS = "0192a3b4-c5d6-7e8f-9a0b-1c2d3e4f5a6b"


@pytest.mark.parametrize(
    "value",
    [
        "65f0c1d2e3a4b5c6d7e8f901",
        WORDS,
        WORDS.upper(),
        "a",
        "_x",
        "a.b~c",
        "export-job-1",
        "9" * 200,
    ],
)
@pytest.mark.parametrize("around", ["", " ", "\n"])
def test_id_is_stripped(value, around):
    assert check_id(around + value + around, "batch") == value


@pytest.mark.parametrize(
    "value",
    [
        "",
        " ",
        ".",
        "..",
        ".hidden",
        "-x",
        "~x",
        "a/b",
        "a\\b",
        "a b",
        "a\nb",
        "a:b",
        "a?b",
        "a#b",
        "a%2fb",
        "a\x00",
        "é",
        "٣",
        "{a}",
        "a" * 201,
        None,
        7,
        b"abc",
        UUID(WORDS),
        ["a"],
    ],
)
def test_invalid_id_is_refused(value):
    with pytest.raises(UsageError, match="is not the id of a batch: an id has only letters"):
        check_id(value, "batch")


@settings(deadline=None)
@given(st.text())
def test_accepted_id_is_one_path_segment_and_a_valid_file_name(text):
    try:
        value = check_id(text, "collection")
    except UsageError:
        return
    assert value.isascii()
    assert not set(value) & set('/\\:*?"<>|%#&+ ')
    assert value[0] not in ".-~"
    assert 0 < len(value) <= 200


def test_message_shows_a_truncated_value():
    with pytest.raises(
        UsageError, match=r"^'a b' is not the id of a collection: .*'-', '_' and '\.'"
    ):
        check_id("a b", "collection")
    with pytest.raises(UsageError) as caught:
        check_id("a b" * 1000, "collection")
    assert str(caught.value).startswith("'a ba b")
    assert len(str(caught.value)) < 300
    exactly = "x" * 77 + "!"
    with pytest.raises(UsageError, match=f"^'{exactly}' is"):
        check_id(exactly, "collection")
    with pytest.raises(UsageError, match=r"^'x{76}\.\.\. is"):
        check_id("x" * 78 + "!", "collection")


def test_pasted_download_url_is_not_repeated_in_the_message():
    with pytest.raises(UsageError) as caught:
        check_id("https://h/x?X-Amz-Signature=SECRET", "export")
    assert "SECRET" not in str(caught.value)
    assert "https://h/x?" in str(caught.value)


def test_reference_is_displayed_in_words():
    assert KINDS == ("collection", "batch")
    assert str(ExportRef("collection", "65f0")) == "collection 65f0"
    assert str(ExportRef("batch", "65f0", "0192")) == "batch 65f0 (export 0192)"


def test_reference_compares_by_value():
    one = ExportRef("batch", "65f0", "0192")
    assert one == ExportRef("batch", "65f0", "0192")
    assert len({one, ExportRef("batch", "65f0", "0192"), ExportRef("batch", "65f0")}) == 2
    name = "kind"
    with pytest.raises(AttributeError):
        setattr(one, name, "collection")
