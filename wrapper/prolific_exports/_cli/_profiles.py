"""The profiles of the command: which server, which source of the token, which workspace.

They are in one TOML file, which never contains a token.
"""

import os
import re
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from attrs import field, frozen

from prolific_exports._errors import UsageError
from prolific_exports._files._destinations import expanded
from prolific_exports._model._references import check_id
from prolific_exports._model._suggestions import closest

_FOLDER: Final = "prolific-exports"
_FILE: Final = "config.toml"
_SOURCES: Final = ("token_env", "token_file", "token_keyring")
_NAMES: Final = ("url", "workspace", *_SOURCES)
# A token in the wrong place does not look like this, so the name can be shown.
_VARIABLE: Final = re.compile(r"[A-Z_][A-Z0-9_]{0,63}", re.ASCII)


@frozen(kw_only=True)
class Profile:
    """One profile. Its source of the token is at most one of three.

    Attributes:
        name: As given to ``--profile``.
        url: Base URL of the API; None for that of the environment.
        workspace: Id of the workspace of ``collections`` and ``batches``; None without a default.
        token_env: Name of the environment variable with the token.
        token_file: Path of the file with the token.
        token_keyring: Whether the token is in the system's password store.
    """

    name: str
    url: str | None = field(default=None, repr=False)
    workspace: str | None = None
    token_env: str | None = None
    token_file: str | None = None
    token_keyring: bool = False


def config_path(environment: Mapping[str, str] = os.environ, platform: str = sys.platform) -> Path:
    """Where the file is: in ``XDG_CONFIG_HOME`` if that is set, else where the system has such."""
    folder = environment.get("XDG_CONFIG_HOME")
    if not folder and platform == "win32":
        folder = environment.get("APPDATA")
    if folder:
        return Path(folder, _FOLDER, _FILE)
    usual = ("Library", "Application Support") if platform == "darwin" else (".config",)
    return expanded("~/").joinpath(*usual, _FOLDER, _FILE)


def read_profile(name: str, path: Path) -> Profile:
    """Read one profile.

    Raises:
        UsageError: The file or the profile does not exist, or is invalid. The message contains no
            value of the file that could be a token.
    """
    try:
        with path.open("rb") as file:
            content = tomllib.load(file)
    except FileNotFoundError:
        raise UsageError(
            f"There is no profile {name!r}: the file {path} does not exist. Create it with a table "
            f"[profiles.{name}]."
        ) from None
    except OSError as error:
        raise UsageError(f"Cannot read the profiles in {path}: {error.strerror}.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        # The error of a line quotes none of it.
        raise UsageError(f"{path} is not TOML: {error}.") from None
    profiles = content.get("profiles")
    if not isinstance(profiles, dict) or not isinstance(profiles.get(name), dict):
        known = sorted(profiles) if isinstance(profiles, dict) else []
        meant = closest(name, known)
        raise UsageError(
            f"There is no profile {name!r} in {path}"
            + (f": it has {', '.join(known)}." if known else f": add a table [profiles.{name}].")
            + (f" Did you mean --profile {meant}?" if meant else "")
        )
    return _profile(name, profiles[name], f"{path}, profile {name}")


def _profile(name: str, table: Mapping[str, Any], where: str) -> Profile:
    if "token" in table:
        raise UsageError(
            f"{where}: the file contains a token. Configuration files are copied and shared, so "
            "remove it, and say where the token is: token_env (an environment variable), "
            "token_file or token_keyring = true (then run prolific-exports login)."
        )
    for key, value in table.items():
        if key not in _NAMES:
            meant = closest(key, _NAMES)
            raise UsageError(
                f"{where}: unknown setting {key!r}, expected {', '.join(_NAMES)}."
                + (f" Did you mean {meant}?" if meant else "")
            )
        if not isinstance(value, bool if key == "token_keyring" else str):
            kind = "true or false" if key == "token_keyring" else "text in quotes"
            raise UsageError(f"{where}: {key} is not {kind}.")
    given = [key for key in _SOURCES if table.get(key)]
    if len(given) > 1:
        raise UsageError(f"{where}: {' and '.join(given)} exclude each other. Remove one.")
    if table.get("token_env") and not _VARIABLE.fullmatch(table["token_env"]):
        raise UsageError(
            f"{where}: token_env is not the name of an environment variable in capital letters, "
            "such as LAB_TOKEN. Never write the token itself into the file."
        )
    workspace = table.get("workspace")
    if workspace is not None:
        workspace = check_id(workspace, "workspace")
    return Profile(name=name, **{**table, "workspace": workspace})
