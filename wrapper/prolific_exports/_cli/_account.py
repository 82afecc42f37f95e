"""Which token and which server a command uses.

The first of these that has a token: the profile of ``--profile`` or ``PROLIFIC_PROFILE``;
``PROLIFIC_TOKEN``; ``PROLIFIC_TOKEN_FILE``; the system's password store. The first of these that
has a base URL: the profile, ``PROLIFIC_URL``, production.
"""

import argparse
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Final

from attrs import field, frozen

from prolific_exports import Clock, Exports
from prolific_exports._cli._password_store import StoredToken
from prolific_exports._cli._profiles import Profile, config_path, read_profile
from prolific_exports._console._errors import hide
from prolific_exports._console._heartbeat import beating
from prolific_exports._errors import UsageError
from prolific_exports._model._settings import resolve_base_url
from prolific_exports._model._token import FILE_VARIABLE, TOKEN_VARIABLE, find_token

PROFILE_VARIABLE: Final = "PROLIFIC_PROFILE"


@frozen(kw_only=True)
class Place:
    """Where the token is looked for, and the server that it is for.

    Attributes:
        base_url: Base URL of the API, valid.
        profile: The profile; None without one.
    """

    base_url: str
    profile: Profile | None = None

    @classmethod
    def of(
        cls, arguments: argparse.Namespace, environment: Mapping[str, str] = os.environ
    ) -> "Place":
        """The place that the arguments and the environment select.

        Raises:
            UsageError: The profile or the base URL is invalid.
        """
        name = arguments.profile or environment.get(PROFILE_VARIABLE)
        profile = read_profile(name, config_path(environment)) if name else None
        given = profile.url if profile is not None else None
        return cls(base_url=resolve_base_url(given, environment), profile=profile)

    @property
    def stored(self) -> StoredToken:
        """The entry of the token in the system's password store."""
        return StoredToken(self.base_url, self.profile.name if self.profile else None)

    @property
    def workspace(self) -> str | None:
        """Id of the profile's workspace; None without one."""
        return self.profile.workspace if self.profile else None


@frozen(kw_only=True)
class Account:
    """A token, and where it comes from.

    Attributes:
        token: The token.
        source: Where it comes from, for people. Never contains the token.
        place: The server that it is for.
    """

    token: str = field(repr=False)
    source: str
    place: Place

    @classmethod
    def of(
        cls, arguments: argparse.Namespace, environment: Mapping[str, str] = os.environ
    ) -> "Account":
        """The account that the arguments and the environment select.

        Raises:
            UsageError: There is no token, or it or a setting is invalid.
            PasswordStoreError: A profile needs the password store, which cannot be used.
        """
        place = Place.of(arguments, environment)
        token, source = _of_profile(place, environment) or _of_environment(place, environment)
        hide(token)
        return cls(token=token, source=source, place=place)

    @contextmanager
    def connect(
        self, *, beat: Callable[[], object], clock: Clock, **options: Any
    ) -> Iterator[Exports]:
        """A client of this account; the arguments are those of the function `connect`."""
        with (
            beating(beat, clock) as beating_clock,
            Exports(
                self.token,
                base_url=self.place.base_url,
                clock=beating_clock,
                progress=False,
                **options,
            ) as exports,
        ):
            yield exports


@contextmanager
def connect(
    arguments: argparse.Namespace, *, beat: Callable[[], object], clock: Clock, **options: Any
) -> Iterator[Exports]:
    """A client of the account that the arguments select.

    Args:
        arguments: Select the account.
        beat: Called about once a second.
        clock: Tells the time and waits.
        options: Those of `Exports`.

    Raises:
        UsageError: There is no token, or it or a setting is invalid.
    """
    account = Account.of(arguments)
    with account.connect(beat=beat, clock=clock, **options) as exports:
        yield exports


def _of_profile(place: Place, environment: Mapping[str, str]) -> tuple[str, str] | None:
    profile = place.profile
    if profile is None:
        return None
    where = f"the profile {profile.name}"
    if profile.token_env:
        if not environment.get(profile.token_env, "").strip():
            raise UsageError(
                f"{profile.token_env}, which {where} names, is not set: set it to an API token."
            )
        source = {TOKEN_VARIABLE: environment[profile.token_env]}
        return find_token(None, source), f"{profile.token_env}, named by {where}"
    if profile.token_file:
        path = os.path.expanduser(profile.token_file)  # noqa: PTH111 - as text
        return find_token(None, {FILE_VARIABLE: path}), f"the file that {where} names"
    if profile.token_keyring:
        stored = place.stored.read()
        if stored is None:
            raise UsageError(
                f"No token is stored for {where} and {place.base_url}: run "
                f"prolific-exports login --profile {profile.name}"
            )
        return find_token(stored, {}), f"the system's password store, for {where}"
    return None


def _of_environment(place: Place, environment: Mapping[str, str]) -> tuple[str, str]:
    if environment.get(TOKEN_VARIABLE, "").strip():
        return find_token(None, environment), TOKEN_VARIABLE
    if environment.get(FILE_VARIABLE):
        return find_token(None, environment), FILE_VARIABLE
    stored = StoredToken(place.base_url).read_if_possible()
    if stored is not None:
        return find_token(stored, {}), "the system's password store"
    try:
        return find_token(None, environment), TOKEN_VARIABLE
    except UsageError as error:
        advice = "Or store one with prolific-exports login."
        raise UsageError(f"{error} {advice}", hint=error.hint) from None
