"""Token and base URL: from arguments, else from the environment, checked before any call."""

import os

import pytest
from prolific_exports import UsageError, __version__
from prolific_exports._model._settings import PRODUCTION, resolve


def test_arguments_take_precedence_over_the_environment():
    environment = {"PROLIFIC_TOKEN": "theirs", "PROLIFIC_URL": "https://theirs.example"}
    settings = resolve("mine", "https://mine.example", environment)
    assert (settings.token, settings.base_url) == ("mine", "https://mine.example")
    settings = resolve(None, None, environment)
    assert (settings.token, settings.base_url) == ("theirs", "https://theirs.example")


def test_environment_is_read_at_each_call(monkeypatch):
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
def test_trailing_slashes_of_the_base_url_are_removed(given, taken):
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
def test_invalid_base_url_is_refused_without_its_secrets(url, reason):
    with pytest.raises(
        UsageError, match=f"Invalid base URL .*: {reason}.*PROLIFIC_URL .or in Python base_url="
    ) as (caught):
        resolve("t0ken-t0ken", url, {})
    assert "SECRET" not in str(caught.value)
    assert "CRET" not in str(caught.value)


def test_message_quotes_the_url():
    with pytest.raises(UsageError, match="Invalid base URL 'http://api.example/x': "):
        resolve("t0ken-t0ken", "http://api.example/x/", {})
    with pytest.raises(UsageError, match=r"Invalid base URL '\[redacted\]@api.example': "):
        resolve("t0ken-t0ken", "user:pw@api.example", {})


def test_token_given_as_the_base_url_is_not_shown():
    with pytest.raises(UsageError) as caught:
        resolve("t0ken-t0ken", "t0ken-t0ken", {})
    assert "t0ken" not in str(caught.value)


@pytest.mark.parametrize("token", [None, "", " \n"])
def test_missing_token_error_explains_where_to_get_one(token):
    with pytest.raises(
        UsageError, match=r"PROLIFIC_TOKEN, or PROLIFIC_TOKEN_FILE to the path .*in Python token="
    ):
        resolve(token, None, {})


def test_empty_token_does_not_fall_back_to_the_environment():
    with pytest.raises(UsageError, match="No API token"):
        resolve("", None, {"PROLIFIC_TOKEN": "theirs"})


@pytest.mark.parametrize(
    "token", ["Bearer SECRET", "SEC\nRET", "SEC\x00RET", "SECRÉT", "SEC\x7fRET"]
)
def test_unsendable_token_is_refused_without_showing_it(token):
    with pytest.raises(UsageError, match="Give the token alone") as caught:
        resolve(token, None, {})
    assert "SEC" not in str(caught.value)


def test_token_is_stripped():
    assert resolve(" abc\n", None, {}).token == "abc"


def test_every_call_sends_token_and_user_agent():
    assert resolve("abc", None, {}).headers == {
        "Authorization": "Token abc",
        "Accept": "application/json",
        "User-Agent": f"prolific-exports/{__version__}",
        "Referer": f"https://github.com/prolific-exports/prolific-exports/tree/v{__version__}/",
    }


def test_settings_do_not_show_the_token():
    assert "t0ken" not in f"{resolve('t0ken', None, {})!r} {resolve('t0ken', None, {})}"
