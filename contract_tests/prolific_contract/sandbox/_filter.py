"""The filter of an export (edition 2026-11)."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from attrs import frozen
from prolific_exports._model._timestamps import utc_moment

from prolific_contract.sandbox._http import Call
from prolific_contract.sandbox._text import exact_utc_timestamp

_NAMES: Final = ("study_id", "from", "to")


class FilterError(Exception):
    """An invalid filter.

    Attributes:
        fields: The problems, by parameter.
    """

    def __init__(self, fields: dict[str, list[str]]) -> None:
        super().__init__(fields)
        self.fields = fields


@frozen(kw_only=True)
class JobFilter:
    """Selects the responses that meet all given conditions (D-3).

    Filters are equal if they have the same study and the same times, in any notation.

    Attributes:
        study_id: Responses of this study; None for every study.
        from_: Responses created at this time or later; None for no limit.
        to: Responses created before this time; None for no limit.
    """

    study_id: str | None = None
    from_: datetime | None = None
    to: datetime | None = None

    def admits(self, study_id: str, created_at: datetime) -> bool:
        """Whether a response of that study and time is exported."""
        return (
            self.study_id in (None, study_id)
            and (self.from_ is None or self.from_ <= created_at)
            and (self.to is None or created_at < self.to)
        )

    def as_json(self) -> dict[str, str] | None:
        """The given conditions, as in the list of jobs; None if there are none."""
        shown = {} if self.study_id is None else {"study_id": self.study_id}
        for name, moment in (("from", self.from_), ("to", self.to)):
            if moment is not None:
                shown[name] = exact_utc_timestamp(moment)
        return shown or None


NO_FILTER: Final = JobFilter()


def parse_filter(query: Iterable[tuple[str, str]]) -> JobFilter:
    """Parse the filter in a query; other parameters are ignored.

    Raises:
        FilterError: A parameter is empty, repeated or not a time with an offset, or ``from``
            is not before ``to``.
    """
    given: dict[str, str] = {}
    wrong: dict[str, list[str]] = {}
    for name, text in query:
        if name not in _NAMES:
            continue
        if name in given:
            wrong[name] = ["May be given once only."]
        elif not text:
            wrong[name] = ["May not be empty."]
        given[name] = text
    moments = {
        name: utc_moment(given[name])
        for name in ("from", "to")
        if name in given and name not in wrong
    }
    for name, moment in moments.items():
        if moment is None:
            wrong[name] = ["Must be an ISO 8601 date and time with an offset from UTC."]
    begin, end = moments.get("from"), moments.get("to")
    if begin is not None and end is not None and begin >= end:
        wrong["from"] = ["Must be before to."]
    if wrong:
        raise FilterError(wrong)
    return JobFilter(study_id=given.get("study_id"), from_=begin, to=end)


def filter_of(call: Call) -> JobFilter:
    """The filter in a request; `NO_FILTER` if it is invalid."""
    try:
        return parse_filter(call.query)
    except FilterError:
        return NO_FILTER
