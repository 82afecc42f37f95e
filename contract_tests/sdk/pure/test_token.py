"""The token: what is removed around it, and the file that can hold it."""

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prolific_exports import UsageError
from prolific_exports._model._token import find_token, read_token

TOKEN = "t0ken-of-a-test"
WRAPPINGS = ["{}", " {}\n", '"{}"', "'{}'", "Token {}", "token  {}", "\ufeff{}"]


@settings(deadline=None)
@given(st.lists(st.sampled_from(WRAPPINGS[:-1]), max_size=4))
def test_pasted_wrapping_is_removed(wrappings):
    text = TOKEN
    for wrapping in wrappings:
        text = wrapping.format(text)

    assert find_token(text, {}) == TOKEN
    assert find_token(None, {"PROLIFIC_TOKEN": text}) == TOKEN


@pytest.mark.parametrize("text", ["''", '" "', "Token ''", "'Token \" \"'"])
def test_wrapping_without_a_token_is_no_token(text):
    with pytest.raises(UsageError, match="No API token"):
        find_token(text, {})


@pytest.mark.parametrize("text", ["'", '"', "Token", "token-1"])
def test_text_that_only_looks_like_wrapping_stays(text):
    assert find_token(f" {text} ", {}) == text


def test_unequal_quotes_stay():
    assert find_token("'abc\"", {}) == "'abc\""


@pytest.fixture
def file(tmp_path):
    return tmp_path / "token"


def in_file(file, **more):
    return {"PROLIFIC_TOKEN_FILE": str(file), **more}


@pytest.mark.parametrize("wrapping", WRAPPINGS)
def test_token_is_read_from_a_file(file, wrapping):
    file.write_text(wrapping.format(TOKEN), encoding="utf-8")

    assert find_token(None, in_file(file)) == TOKEN


def test_link_to_a_file_is_followed(file, tmp_path):
    file.write_text(TOKEN, encoding="utf-8")
    link = tmp_path / "link"
    try:
        link.symlink_to(file)
    except OSError:
        pytest.skip("this system has no links")

    assert find_token(None, in_file(link)) == TOKEN


def test_argument_and_variable_take_precedence_over_the_file(file):
    file.write_text("other", encoding="utf-8")

    assert find_token(TOKEN, in_file(file)) == TOKEN
    assert find_token(None, in_file(file, PROLIFIC_TOKEN=TOKEN)) == TOKEN
    assert find_token(None, in_file(file, PROLIFIC_TOKEN=" ")) == "other"
    with pytest.raises(UsageError, match="No API token"):
        find_token("", in_file(file))


def test_missing_file_is_named(file):
    with pytest.raises(UsageError, match=r"Cannot read the token file .*token: No such file"):
        find_token(None, in_file(file))


def test_path_with_a_nul_is_refused():
    with pytest.raises(UsageError, match="The path in PROLIFIC_TOKEN_FILE is invalid"):
        find_token(None, in_file("a\0b"))


def test_empty_file_has_no_token(file):
    file.touch()

    assert read_token(None, in_file(file)) == ""
    with pytest.raises(UsageError, match="No API token"):
        find_token(None, in_file(file))


def test_content_of_another_file_is_not_shown(file):
    file.write_bytes(b"SECRET \xff" * 3)
    with pytest.raises(UsageError) as caught:
        find_token(None, in_file(file))
    assert "SECRET" not in str(caught.value)

    file.write_bytes(b"SECRET" * 1000)
    with pytest.raises(UsageError, match="longer than 4096 bytes") as caught:
        find_token(None, in_file(file))
    assert "SECRET" not in str(caught.value)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no pipes in folders")
def test_pipe_is_refused_without_waiting(file):
    os.mkfifo(file)

    with pytest.raises(UsageError, match="is not a regular file"):
        find_token(None, in_file(file))
