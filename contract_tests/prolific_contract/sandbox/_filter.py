"""Which responses an export holds: the filter of edition 2026-11."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

from attrs import frozen
from prolific_exports._model._timestamps import utc_moment

from prolific_contract.sandbox._http import Call
from prolific_contract.sandbox._text import exact_utc_timestamp

_NAMES: Final = ("study_id", "from", "to")


class FilterError(Exception):
    """A filter that can't be used.

    Attributes:
        fields: What is wrong, by parameter.
    """

    def __init__(self, fields: dict[str, list[str]]) -> None:
        super().__init__(fields)
        self.fields = fields


@frozen(kw_only=True)
class ExportFilter:
    """Which responses an export holds; all given conditions hold (D-3).

    Filters are equal when they name the same study and the same moments, however the
    moments were written.

    Attributes:
        study_id: Those submitted under this study; None for every study.
        from_: Those created at this moment or later; None for no such limit.
        to: Those created before this moment; None for no such limit.
    """

    study_id: str | None = None
    from_: datetime | None = None
    to: datetime | None = None

    def admits(self, study_id: str, created_at: datetime) -> bool:
        """Whether a response of that study and moment is exported."""
        return (
            self.study_id in (None, study_id)
            and (self.from_ is None or self.from_ <= created_at)
            and (self.to is None or created_at < self.to)
        )

    def as_json(self) -> dict[str, str] | None:
        """As the list of jobs shows it: the conditions that were given, null without any."""
        shown = {} if self.study_id is None else {"study_id": self.study_id}
        for name, moment in (("from", self.from_), ("to", self.to)):
            if moment is not None:
                shown[name] = exact_utc_timestamp(moment)
        return shown or None


EVERYTHING: Final = ExportFilter()


def read_filter(query: Iterable[tuple[str, str]]) -> ExportFilter:
    """The filter that a request's query asks for; parameters of other names are ignored.

    Raises:
        FilterError: A parameter is empty, repeated or no moment with an offset, or ``from``
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
    return ExportFilter(study_id=given.get("study_id"), from_=begin, to=end)


def wanted_by(call: Call) -> ExportFilter:
    """The filter that a request asks for; none where it can't be used."""
    try:
        return read_filter(call.query)
    except FilterError:
        return EVERYTHING
