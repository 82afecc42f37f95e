"""``prolific-exports login``, ``logout`` and ``whoami``."""

import argparse
import getpass
import sys
import warnings
from typing import Final

from prolific_exports import Clock, SystemClock, Workspace
from prolific_exports._cli import _exit_codes as exit_codes
from prolific_exports._cli import _json as json_output
from prolific_exports._cli._account import Account, Place
from prolific_exports._console import _streams as streams
from prolific_exports._console._errors import hide
from prolific_exports._console._progress import LogLines
from prolific_exports._console._text import aligned, plural, printable
from prolific_exports._console._warnings import warnings_on_stderr
from prolific_exports._errors import UsageError
from prolific_exports._model._token import TOKEN_VARIABLE, find_token

_STORE: Final = "the system's password store"
# Far longer than any token.
_LONGEST: Final = 4096


def run(arguments: argparse.Namespace, clock: Clock | None) -> int:
    """Store a token, delete it, or print where it comes from and what it gives access to."""
    clock = clock or SystemClock()
    match arguments.command:
        case "login":
            return _login(arguments, clock)
        case "logout":
            return _logout(arguments)
        case _:
            account = Account.of(arguments)
            _print_account(account, _workspaces(account, clock), as_json=arguments.json)
            return exit_codes.DONE


def _login(arguments: argparse.Namespace, clock: Clock) -> int:
    place = Place.of(arguments)
    profile = place.profile
    if profile is not None and not profile.token_keyring:
        raise UsageError(
            f"The profile {profile.name} does not take its token from {_STORE}: set "
            "token_keyring = true in it, and remove token_env and token_file."
        )
    # Before anyone types a token that cannot be stored.
    place.stored.read()
    account = Account(token=_read_token(), source=_STORE, place=place)
    hide(account.token)
    workspaces = _workspaces(account, clock)
    place.stored.write(account.token)
    streams.print_message(f"The token for {place.base_url} is in {_STORE}.")
    _print_account(account, workspaces, as_json=arguments.json)
    try:
        current = Account.of(arguments).source
    except UsageError:
        current = TOKEN_VARIABLE
    if _STORE not in current:
        streams.print_message(f"Commands do not use it as long as {current} is set.")
    return exit_codes.DONE


def _logout(arguments: argparse.Namespace) -> int:
    place = Place.of(arguments)
    removed = place.stored.delete()
    if arguments.json:
        streams.print_result(
            json_output.logout(
                url=place.base_url,
                profile=place.profile.name if place.profile else None,
                removed=removed,
            )
        )
    text = "was deleted from" if removed else "is not in"
    streams.print_message(f"The token for {place.base_url} {text} {_STORE}.")
    return exit_codes.DONE


def _read_token() -> str:
    """A token from stdin, or typed without being shown.

    Raises:
        UsageError: There is none, or it is invalid.
    """
    if sys.stdin is None:
        raise UsageError("There is no stdin to read the token from.")
    if sys.stdin.isatty():
        with warnings.catch_warnings():
            warnings.simplefilter("error", getpass.GetPassWarning)
            try:
                text = getpass.getpass("API token (not shown): ")
            except (EOFError, getpass.GetPassWarning):
                raise UsageError(
                    "The token cannot be typed here without being shown: pass it on stdin."
                ) from None
    else:
        text = sys.stdin.read(_LONGEST)
    if not text.strip():
        raise UsageError("stdin contains no token: paste it, or pass it with <FILE.")
    return find_token(text, {})


def _workspaces(account: Account, clock: Clock) -> tuple[Workspace, ...]:
    """The workspaces that the token gives access to. This also checks the token."""
    lines = LogLines(clock)
    lines.begin("your account")
    with (
        warnings_on_stderr("prolific-exports"),
        account.connect(beat=lines.beat, on_event=lines.event, clock=clock) as exports,
    ):
        return tuple(exports.workspaces())


def _print_account(account: Account, workspaces: tuple[Workspace, ...], *, as_json: bool) -> None:
    place = account.place
    profile = place.profile.name if place.profile else None
    if as_json:
        streams.print_result(
            json_output.account(
                url=place.base_url,
                profile=profile,
                token_source=account.source,
                workspaces=workspaces,
            )
        )
        return
    rows = [("server", place.base_url), ("token from", account.source)]
    rows += [("profile", printable(profile))] if profile else []
    rows += [("access to", plural(len(workspaces), "workspace"))]
    rows += [("", f"{printable(one.id)}  {printable(one.title or '-')}") for one in workspaces]
    streams.print_result(aligned(rows))
