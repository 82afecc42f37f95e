"""The operating system's password store, by the optional library keyring."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

from attrs import frozen

from prolific_exports._errors import ExportsError, UsageError

_SERVICE: Final = "prolific-exports"


class PasswordStoreError(ExportsError):
    """The system's password store cannot be used."""


@frozen
class StoredToken:
    """The entry of one token.

    Attributes:
        base_url: The server that the token is for; it is never sent to another one.
        profile: Name of the profile; None for the token of commands without one.
    """

    base_url: str
    profile: str | None = None

    @property
    def _user(self) -> str:
        return self.base_url if self.profile is None else f"{self.base_url} ({self.profile})"

    def read(self) -> str | None:
        """The token; None if none is stored.

        Raises:
            PasswordStoreError: There is no usable store.
            UsageError: The library is missing.
        """
        token = _call("get_password", _SERVICE, self._user)
        return str(token) if token else None

    def read_if_possible(self) -> str | None:
        """The token; None also without the library or a usable store."""
        if find_spec("keyring") is None:
            return None
        try:
            return self.read()
        except PasswordStoreError:
            return None

    def write(self, token: str) -> None:
        """Store the token, in place of an earlier one.

        Raises:
            PasswordStoreError: There is no usable store.
            UsageError: The library is missing.
        """
        _call("set_password", _SERVICE, self._user, token)

    def delete(self) -> bool:
        """Delete the token; return whether there was one.

        Raises:
            PasswordStoreError: There is no usable store.
            UsageError: The library is missing.
        """
        if self.read() is None:
            return False
        _call("delete_password", _SERVICE, self._user)
        return True


def _call(function: str, *arguments: str) -> Any:
    try:
        keyring = import_module("keyring")
    except ImportError as error:
        raise UsageError(
            "keyring is not installed, and the system's password store needs it: "
            "pip install 'prolific-exports[keyring]'."
        ) from error
    try:
        return getattr(keyring, function)(*arguments)
    except Exception as error:  # noqa: BLE001 - backends raise errors of their own
        reason = type(error).__name__
        # Outside of this handler, no traceback could show the token.
        failure = PasswordStoreError(
            f"The system's password store cannot be used ({reason}). Set the environment variable "
            "PROLIFIC_TOKEN or PROLIFIC_TOKEN_FILE instead.",
            hint="Set the environment variable PROLIFIC_TOKEN or PROLIFIC_TOKEN_FILE instead.",
        )
    raise failure
