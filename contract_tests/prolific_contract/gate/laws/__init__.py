"""The laws: statements about every conversation with a conforming server, by family.

Each law is a pure function over a trace. It never raises, whatever the trace contains, and
reports where it held as well as where it was violated. It uses only the exchanges, and never
assumes the order of the gate's own conversation.
"""

from typing import Final

from prolific_contract.gate.laws import (
    _isolation,
    _isolation_access,
    _isolation_unknown,
    _shape,
    _shape_bodies,
    _time,
    _time_deletions,
    _time_existence,
    _time_filters,
    _time_lists,
    _time_others,
    _time_requests,
    _time_retries,
    _value,
    _value_archive,
    _value_archive_content,
    _value_archive_filter,
    _value_archive_members,
    _value_archive_names,
    _value_downloads,
    _value_lists,
)
from prolific_contract.gate.laws._law import Law, LawContext, LawSource, Observation, Outcome

# Reports list the laws in this order. A law is in the module that its id begins with.
LAWS: Final[tuple[Law, ...]] = (
    *_shape.LAWS,
    *_shape_bodies.LAWS,
    *_value.LAWS,
    *_value_archive.LAWS,
    *_value_archive_members.LAWS,
    *_value_archive_names.LAWS,
    *_value_archive_content.LAWS,
    *_value_archive_filter.LAWS,
    *_value_downloads.LAWS,
    *_value_lists.LAWS,
    *_time_requests.LAWS,
    *_time.LAWS,
    *_time_filters.LAWS,
    *_time_others.LAWS,
    *_time_lists.LAWS,
    *_time_deletions.LAWS,
    *_time_retries.LAWS,
    *_time_existence.LAWS,
    *_isolation.LAWS,
    *_isolation_unknown.LAWS,
    *_isolation_access.LAWS,
)

_BY_ID: Final = {law.id: law for law in LAWS}


def law(law_id: str) -> Law:
    """Return the law with an id.

    Raises:
        KeyError: No law has this id.
    """
    return _BY_ID[law_id]


__all__ = ["LAWS", "Law", "LawContext", "LawSource", "Observation", "Outcome", "law"]
