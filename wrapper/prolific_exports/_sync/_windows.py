"""Which responses of a collection or batch a run exports, and when it asks again."""

from datetime import UTC, datetime, timedelta
from typing import Final, TypeAlias

from attrs import frozen

from prolific_exports._model._filters import ExportFilter
from prolific_exports._sync._receipts import window

DEFAULT_LAG: Final = timedelta(hours=48)
# Without news for a while, a resource is exported again after this share of that time.
_SHARE: Final = 10
_LONGEST_PAUSE: Final = timedelta(days=7)
# A run that starts a little earlier than yesterday's still exports what was due then.
_SLACK: Final = timedelta(hours=1)

ResourceKey: TypeAlias = tuple[str, str]
"""Kind and id of a collection or batch."""


@frozen
class ResourceState:
    """What the dataset knows of a collection or batch.

    Attributes:
        synced_to: The server's time to which its responses are in the dataset.
        news_at: ``synced_to`` of the last export with a new or changed response.
    """

    synced_to: datetime
    news_at: datetime


def is_due(state: ResourceState | None, now: datetime) -> bool:
    """Whether to export a resource: less often without news, weekly at the least."""
    if state is None:
        return True
    quiet = state.synced_to - state.news_at
    pause = min(quiet / _SHARE, _LONGEST_PAUSE)
    return pause < timedelta(days=1) or now - state.synced_to >= pause - _SLACK


def next_window(
    state: ResourceState | None, now: datetime, lag: timedelta, *, reconcile: bool
) -> ExportFilter | None:
    """The window to export: everything at first, later the latest days.

    Args:
        state: What the dataset has; None for nothing.
        now: The server's time. The window ends there, at a whole second, so that every export has
            a filter and no user's request joins its job.
        lag: How much earlier than the last export the window begins.
        reconcile: Whether to export everything.
    """
    to = now.astimezone(UTC).replace(microsecond=0)
    if state is None or reconcile:
        return window(None, to)
    begin = (min(state.synced_to, to) - lag).astimezone(UTC)
    return window(begin.replace(hour=0, minute=0, second=0, microsecond=0), to)
