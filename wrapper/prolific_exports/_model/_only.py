"""Which part of an archive to download."""

from typing import Literal, TypeAlias, get_args

from prolific_exports._base_errors import UsageError

Only: TypeAlias = Literal["responses"]
"""A part of an archive: all but the uploaded files."""


def check_only(only: str | None) -> None:
    """Check the value of an argument ``only``.

    Raises:
        UsageError: It is neither None nor ``"responses"``.
    """
    if only not in (None, *get_args(Only)):
        raise UsageError(f"Unknown only={only!r}: use 'responses', or None for everything.")
