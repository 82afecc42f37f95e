"""Whether an earlier export is used in place of a new one."""

from datetime import datetime, timedelta
from typing import Self

from attrs import frozen

from prolific_exports._base_errors import UsageError


@frozen
class Reuse:
    """How old an export may be that is used again.

    Attributes:
        max_age: The greatest age; None for any.
    """

    max_age: timedelta | None = None

    @classmethod
    def of(cls, reuse: object) -> Self | None:
        """Return what an argument ``reuse`` means; None if nothing is used again.

        Raises:
            UsageError: It is neither a bool nor a positive duration.
        """
        match reuse:
            case False:
                return None
            case True:
                return cls()
            case timedelta() if reuse > timedelta(0):
                return cls(reuse)
        raise UsageError(
            f"reuse={reuse!r} is neither True, False nor a positive duration: give the greatest "
            "age, such as timedelta(hours=6)."
        )

    def accepts(self, moment: datetime, now: datetime) -> bool:
        """Whether an export of this moment is recent enough."""
        return self.max_age is None or moment >= now - self.max_age
