"""What IPython and Jupyter show of an error: its message, and where the user's code was."""

import sys

# As typing.TYPE_CHECKING, without what importing typing costs.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import Any

_PACKAGES = ("prolific_exports", "prolific_api")
_MOST_PLACES = 5


def rendered(error: BaseException) -> list[str]:
    """Return the lines that IPython shows.

    In the modes ``Context`` (IPython's default) and ``Minimal`` of ``%xmode``, these are the
    message and the lines of the user's code that led to the error. The other modes show all
    frames, as they do for other errors; ``%debug`` works in all modes.

    Args:
        error: The error, whose ``_render_traceback_`` IPython has called.
    """
    shell: Any = sys.modules["IPython"].get_ipython()
    if shell.InteractiveTB.mode not in ("Context", "Minimal"):
        full: list[str] = shell.InteractiveTB.structured_traceback(
            type(error), error, error.__traceback__
        )
        return full
    lines = [f"{type(error).__name__}: {error}", *getattr(error, "__notes__", ())]
    lines += [f"  in {place}" for place in _places(error, shell)]
    return [*lines, "  For all frames: %xmode Verbose, then %tb"]


def _places(error: BaseException, shell: "Any") -> list[str]:
    """Return the last places of the user's code before it called this package."""
    from linecache import getline  # noqa: PLC0415 - start-up time

    places = []
    traceback = error.__traceback__
    while traceback is not None and not _is_ours(traceback.tb_frame):
        # Frames of IPython hide themselves.
        if "__tracebackhide__" not in traceback.tb_frame.f_locals:
            name, number = traceback.tb_frame.f_code.co_filename, traceback.tb_lineno
            cell = shell.compile.format_code_name(name)
            source = getline(name, number).strip()
            places.append(f"{' '.join(cell) if cell else name}, line {number}: {source}")
        traceback = traceback.tb_next
    return places[-_MOST_PLACES:]


def _is_ours(frame: "FrameType") -> bool:
    return frame.f_globals.get("__name__", "").partition(".")[0] in _PACKAGES
