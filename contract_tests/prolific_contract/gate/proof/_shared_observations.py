"""The laws, for judging one conversation in several settings.

Most laws read only the conversation, so their observations are the same in every setting: they
are made once and kept with the conversation. Which laws those are is observed, not declared.
"""

from collections.abc import Iterable
from functools import wraps
from typing import Any, Final

from attrs import evolve, fields

from prolific_contract.gate.laws import LAWS
from prolific_contract.gate.laws._law import Law, LawCheck, LawContext, Observation
from prolific_contract.gate.trace._exchanges import Trace

_SETTING: Final = frozenset(one.name for one in fields(LawContext))


class _WatchedContext(LawContext):
    """A context that records whether a law reads it."""

    was_read = False

    def __getattribute__(self, name: str) -> Any:
        """Return an attribute as usual."""
        if name in _SETTING:
            object.__setattr__(self, "was_read", True)
        return super().__getattribute__(name)


def shared(law: Law) -> Law:
    """A law that keeps its observations with the conversation unless it reads the setting."""
    return evolve(law, check=_shared(law.check))


def _shared(check: LawCheck) -> LawCheck:
    @wraps(check)
    def remembered(trace: Trace, context: LawContext) -> Iterable[Observation]:
        if remembered not in trace.cache:
            watched = _WatchedContext(context.contract, context.edition, context.strict)
            found = tuple(check(trace, watched))
            if watched.was_read:
                return found
            trace.cache[remembered] = found
        kept: tuple[Observation, ...] = trace.cache[remembered]
        return kept

    return remembered


SHARED_LAWS: Final = tuple(map(shared, LAWS))
"""All laws, for several judgements of one conversation."""
