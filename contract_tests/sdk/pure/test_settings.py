"""Token and base URL: from arguments, else from the environment, checked before any call."""

import os

import pytest
from prolific_exports import UsageError, __version__
from prolific_exports._model._settings import PRODUCTION, resolve


def test_arguments_win_over_the_environment():
    environment = {"PROLIFIC_TOKEN": "theirs", "PROLIFIC_URL": "https://theirs.example"}
    settings = resolve("mine", "https://mine.example", environment)
    assert (settings.token, settings.base_url) == ("mine", "https://mine.example")
    settings = resolve(None, None, environment)
    assert (settings.token, settings.base_url) == ("theirs", "https://theirs.example")


def test_the_environment_is_read_when_it_is_asked(monkeypatch):
    monkeypatch.setenv("PROLIFIC_TOKEN", "later")
    monkeypatch.delenv("PROLIFIC_URL", raising=False)
    settings = resolve(None, None)
    assert (settings.token, settings.base_url) == ("later", PRODUCTION)
    assert os.environ["PROLIFIC_TOKEN"] == "later"


@pytest.mark.parametrize("url", [None, ""])
def test_production_is_the_default(url):
    assert resolve("t", url, {}).base_url == "https://api.prolific.com"
    assert resolve("t", url, {"PROLIFIC_URL": ""}).base_url == "https://api.prolific.com"


@pytest.mark.parametrize(
    ("given", "taken"),
    [
        ("https://api.example/", "https://api.example"),
        (" https://api.example/v2// \n", "https://api.example/v2"),
        ("http://127.0.0.1:8000/", "http://127.0.0.1:8000"),
    ],
)
def test_a_base_url_loses_its_last_slashes(given, taken):
    assert resolve("t", given, {}).base_url == taken


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("http://api.prolific.com", "it is not https"),
        ("https://", "it is not an absolute http"),
        ("api.prolific.com", "it is not an absolute http"),
        ("https://user:SECRET@api.example", "it carries a user name"),
        ("https://api.prolific.com/api/v1", "it includes the API's own path"),
        ("https://user:SE/CRET@api.example", "it is not a URL"),
        ("https://api.example/?key=SECRET", "it has a query or fragment"),
        ("https://api.example/#x", "it has a query or fragment"),
        ("https://api.example?", "it has a query or fragment"),
        ("user:SECRET@api.example", "it is not an absolute http"),
        ("SECRET@api.example", "it is not an absolute http"),
        ("ftp://user:SECRET@api.example", "it is not an absolute http"),
    ],
)
def test_a_base_url_that_cannot_be_used_is_refused_without_its_secrets(url, reason):
    with pytest.raises(
        UsageError, match=f"Invalid base URL .*: {reason}.*PROLIFIC_URL .or in Python base_url="
    ) as (caught):
        resolve("t0ken-t0ken", url, {})
    assert "SECRET" not in str(caught.value)
    assert "CRET" not in str(caught.value)


def test_the_message_quotes_the_url():
    with pytest.raises(UsageError, match="Invalid base URL 'http://api.example/x': "):
        resolve("t0ken-t0ken", "http://api.example/x/", {})
    with pytest.raises(UsageError, match=r"Invalid base URL '\[redacted\]@api.example': "):
        resolve("t0ken-t0ken", "user:pw@api.example", {})


def test_a_token_given_as_the_base_url_is_not_shown():
    with pytest.raises(UsageError) as caught:
        resolve("t0ken-t0ken", "t0ken-t0ken", {})
    assert "t0ken" not in str(caught.value)


@pytest.mark.parametrize("token", [None, "", " \n"])
def test_a_missing_token_says_where_to_get_one(token):
    with pytest.raises(
        UsageError, match="set the environment variable PROLIFIC_TOKEN .or in Python token="
    ):
        resolve(token, None, {})


def test_an_empty_token_does_not_fall_back_to_the_environment():
    with pytest.raises(UsageError, match="No API token"):
        resolve("", None, {"PROLIFIC_TOKEN": "theirs"})


@pytest.mark.parametrize(
    "token", ["Token SECRET", "SEC\nRET", "SEC\x00RET", "SECRÉT", "SEC\x7fRET"]
)
def test_a_token_that_cannot_be_sent_is_refused_unseen(token):
    with pytest.raises(UsageError, match="without the word 'Token'") as caught:
        resolve(token, None, {})
    assert "SEC" not in str(caught.value)


def test_white_space_around_a_token_is_dropped():
    assert resolve(" abc\n", None, {}).token == "abc"


def test_every_call_names_the_token_and_the_library():
    assert resolve("abc", None, {}).headers == {
        "Authorization": "Token abc",
        "Accept": "application/json",
        "User-Agent": f"prolific-exports/{__version__}",
        "Referer": f"https://github.com/prolific-exports/prolific-exports/tree/v{__version__}/",
    }


def test_settings_do_not_show_the_token():
    assert "t0ken" not in f"{resolve('t0ken', None, {})!r} {resolve('t0ken', None, {})}"
