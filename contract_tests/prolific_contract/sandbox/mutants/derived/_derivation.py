"""A derivation: an operator applied to one part of an operation."""

from collections import Counter
from collections.abc import Callable
from typing import Final, TypeAlias

from attrs import field, frozen

from prolific_contract._vocabulary import Action
from prolific_contract.sandbox._http import Reply
from prolific_contract.sandbox.mutants._fault import MutantBehaviour
from prolific_contract.sandbox.mutants._faulty_request import FaultyRequest

Begin: TypeAlias = Callable[[int], MutantBehaviour]
"""Creates the behaviour of one server, which is wrong only from the n-th time on."""

OPERATORS: Final = {
    "omit": "leaves out a member, a header or a part",
    "add": "adds what no document mentions",
    "type": "changes the type or the format of a value",
    "case": "changes the case of a name or a value",
    "off-by-one": "changes a number, a time or an id by one unit",
    "swap": "confuses jobs, resources or kinds",
    "ignore-parameter": "ignores a part of the path or of the query",
    "ignore-header": "ignores a part of the Authorization header",
    "refuse": "refuses a valid request",
    "accept": "accepts an invalid request",
    "leak": "refuses a request and carries it out",
    "delay": "responds or finishes too late",
    "stale": "serves an old or a cached response",
    "lose": "loses a job, a list entry or an archive after some time",
    "repeat": "sends something twice",
    "truncate": "sends only a part",
    "reorder": "changes an order",
    "race": "mixes up the state of two jobs",
    "lag": "serves from a replica that lags behind",
}
"""What a server with a fault of each operator does."""


@frozen(kw_only=True)
class Derivation:
    """An operator applied to one part of an operation.

    Attributes:
        operator: A key of `OPERATORS`.
        target: What the operator changes, a part of the fault's name.
        sentence: What the server does: one sentence without its full stop.
        watches: Other actions whose requests the behaviour must see.
        needs_failed_job: Whether it needs a resource whose first job fails.
        strict: Whether only ``--strict`` treats it as a fault.
        full: Whether only the profile ``full`` sends the requests that show it.
        repeats: Whether there are also forms that are wrong only from the second or third
            time on.
        open_because: Why no conversation can tell it from a conforming server; empty if one can.
    """

    operator: str
    target: str
    sentence: str
    action: Action
    begin: Begin = field(repr=False, eq=False)
    watches: tuple[Action, ...] = ()
    needs_failed_job: bool = False
    strict: bool = False
    full: bool = False
    repeats: bool = True
    open_because: str = ""


Situation: TypeAlias = Callable[[FaultyRequest], bool]
Edit: TypeAlias = Callable[[FaultyRequest, Reply], Reply]


def from_nth(first: int, which: Situation, behave: MutantBehaviour) -> MutantBehaviour:
    """A behaviour for the requests in a situation, from the n-th one of each resource on."""
    met: Counter[str] = Counter()

    def behaving(request: FaultyRequest) -> Reply:
        if not which(request):
            return request.reply()
        met[request.resource_id] += 1
        return behave(request) if met[request.resource_id] >= first else request.reply()

    return behaving


def answering(which: Situation, behave: MutantBehaviour) -> Begin:
    """A fault without state that answers requests in a situation."""
    return lambda first: from_nth(first, which, behave)


def editing(which: Callable[[Reply], bool], edit: Edit) -> Begin:
    """A fault without state that edits the replies that match a predicate."""
    return answering(
        lambda request: which(request.reply()), lambda request: edit(request, request.reply())
    )


def stateful(make: Callable[..., MutantBehaviour], *arguments: object) -> Begin:
    """A fault that decides itself when it is wrong."""
    return lambda _: make(*arguments)
