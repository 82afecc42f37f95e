"""The token, the base URL and the header fields that identify this library."""

import os
from collections.abc import Mapping
from typing import Final

from attrs import Factory, field, frozen

from prolific_exports._base_errors import UsageError
from prolific_exports._model._redaction import MARK
from prolific_exports._model._redactor import Redactor
from prolific_exports._model._token import find_token
from prolific_exports._version import __version__

URL_VARIABLE: Final = "PROLIFIC_URL"
PRODUCTION: Final = "https://api.prolific.com"

USER_AGENT: Final = f"prolific-exports/{__version__}"
# Prolific asks libraries for a Referer with their name and version, to identify the source of
# faulty requests (API reference, introduction).
REFERER: Final = f"https://github.com/prolific-exports/prolific-exports/tree/v{__version__}/"


@frozen
class Settings:
    """A valid token and base URL.

    Attributes:
        token: The API token, without the word ``Token``.
        base_url: Scheme and host of the API, without a trailing slash.
        redactor: Hides the token, and the presigned URLs that the client receives.
    """

    token: str = field(repr=False)
    base_url: str
    redactor: Redactor = field(
        default=Factory(lambda self: Redactor(self.token), takes_self=True),
        init=False,
        repr=False,
        eq=False,
    )

    @property
    def headers(self) -> dict[str, str]:
        """The header fields of every call to the API; calls to the store omit them."""
        return {
            "Authorization": f"Token {self.token}",
            "Accept": "application/json",
            "User-Agent": USER_AGENT,
            "Referer": REFERER,
        }


def resolve(
    token: str | None, base_url: str | None, environment: Mapping[str, str] = os.environ
) -> Settings:
    """Return settings from arguments, else from the environment.

    ``PROLIFIC_TOKEN`` or ``PROLIFIC_TOKEN_FILE`` has the token, ``PROLIFIC_URL`` the base URL.

    Raises:
        UsageError: The token is missing or invalid, or the base URL is not https.
    """
    valid = find_token(token, environment)
    return Settings(valid, resolve_base_url(base_url, environment, valid))


def resolve_base_url(
    given: str | None, environment: Mapping[str, str] = os.environ, token: str = ""
) -> str:
    """Return a valid base URL: the given one, else that of the environment, else production.

    Args:
        given: The base URL; None to look in the environment.
        environment: ``PROLIFIC_URL`` has the base URL.
        token: The token, to be hidden in a message.

    Raises:
        UsageError: It is not https, or not a base URL.
    """
    return _base_url(given or environment.get(URL_VARIABLE) or PRODUCTION, token)


def _base_url(given: str, token: str) -> str:
    url = given.strip().rstrip("/")
    # Commands that send nothing import this module for the variable's name.
    from prolific_exports._model._urls import unsafe_reason  # noqa: PLC0415 - start-up time

    reason = unsafe_reason(url)
    if reason is None and ("?" in url or "#" in url):
        reason = "it has a query or fragment"
    if reason is None and "/api/v" in url:
        reason = "it includes the API's own path"
    if reason:
        # Text before an "@" may be a password, even if the rest is not a URL.
        _, at, rest = url.rpartition("@")
        shown = Redactor(token).text(MARK + at + rest if at and "://" not in url else url)
        raise UsageError(
            f"Invalid base URL {shown!r}: {reason}. "
            f"Set {URL_VARIABLE} (or in Python base_url=…) to a URL such as {PRODUCTION}."
        )
    return url
