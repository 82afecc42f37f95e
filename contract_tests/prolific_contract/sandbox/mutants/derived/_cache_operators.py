"""Operators on the age of responses: stale and cached content."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Final

from attrs import evolve, field, mutable

from prolific_contract._vocabulary import Action
from prolific_contract.sandbox._http import Reply
from prolific_contract.sandbox._replies import (
    NO_CONTENT,
    is_complete,
    is_generating,
    is_list,
    is_success,
)
from prolific_contract.sandbox.mutants._faulty_request import FaultyRequest
from prolific_contract.sandbox.mutants.derived._derivation import Derivation, stateful
from prolific_contract.sandbox.mutants.derived._situations import (
    is_allowed,
)


@mutable
class _Cached:
    """Sends the first reply to each key again.

    Attributes:
        key: What the cache takes for the same request; None does not cache it.
        seconds: How long; None for ever.
    """

    key: Callable[[FaultyRequest], object]
    keeps: Callable[[Reply], bool]
    seconds: float | None
    _kept: dict[object, tuple[datetime, Reply]] = field(factory=dict)

    def __call__(self, request: FaultyRequest) -> Reply:
        key = self.key(request)
        if key is None:
            return request.reply()
        at, reply = self._kept.get(key, (request.now, None))
        young = self.seconds is None or request.now - at < timedelta(seconds=self.seconds)
        if reply is not None and young:
            return evolve(reply, headers=tuple(h for h in reply.headers if h[0] != "Date"))
        fresh = request.reply()
        if self.keeps(fresh):
            self._kept[key] = (request.now, fresh)
        return fresh


@mutable
class _OneBehind:
    """Sends the reply before the current one."""

    _last: dict[str, Reply] = field(factory=dict)

    def __call__(self, request: FaultyRequest) -> Reply:
        reply = request.reply()
        if not is_success(reply) or not is_allowed(request):
            return reply
        earlier = self._last.get(request.call.path, reply)
        self._last[request.call.path] = reply
        return evolve(earlier, headers=tuple(h for h in earlier.headers if h[0] != "Date"))


def _by_path(request: FaultyRequest) -> object:
    return (request.call.method, request.call.path) if is_allowed(request) else None


def _by_path_for_all(request: FaultyRequest) -> object:
    return request.call.method, request.call.path


def _by_resource(request: FaultyRequest) -> object:
    return request.resource_id if is_allowed(request) else None


def _by_action(request: FaultyRequest) -> object:
    return request.action if is_allowed(request) else None


_ONE_LATE: Final = "A poll that reports an earlier state looks like a job that takes longer."


def on_caches(action: Action) -> Iterator[Derivation]:
    """Every derivation from a response that is kept."""
    keys: list[tuple[str, str, Callable[[FaultyRequest], object], Callable[[Reply], bool]]] = []
    if action == "status":
        keys = [
            ("path", "a job", _by_path, is_success),
            ("path.all", "a job, for every token", _by_path_for_all, is_complete),
            (
                "path.generating",
                "a generating job, for every token",
                _by_path_for_all,
                is_generating,
            ),
            ("resource", "a resource", _by_resource, is_complete),
            ("refusal", "a path, refusals too", _by_path_for_all, lambda _: True),
            ("kind", "the kind", _by_action, is_complete),
        ]
    if action == "list":
        keys = [
            ("path", "a resource", _by_path, is_list),
            ("path.all", "a resource, for every token", _by_path_for_all, is_list),
            ("refusal", "a path, refusals too", _by_path_for_all, lambda _: True),
        ]
    if action == "request":
        keys = [
            ("path", "a resource, whatever the filter", _by_path, is_success),
            ("path.all", "a resource, for every token", _by_path_for_all, is_success),
        ]
    if action == "delete":
        keys = [
            ("path", "a job", _by_path_for_all, lambda reply: reply.status == NO_CONTENT),
            ("refusal", "a job, refusals too", _by_path_for_all, lambda _: True),
        ]
    for target, words, key, keeps in keys:
        for seconds in (None, 60.0):
            during = "for ever" if seconds is None else f"for {seconds:g} seconds"
            yield Derivation(
                operator="stale",
                target=f"{target}.{'ever' if seconds is None else f'{seconds:g}s'}",
                sentence=f"It caches the first response for {words} {during}",
                action=action,
                begin=stateful(_Cached, key, keeps, seconds),
                repeats=False,
            )
    if action in ("status", "list"):
        yield Derivation(
            operator="stale",
            target="previous",
            sentence="It sends the response to the previous request",
            action=action,
            begin=stateful(_OneBehind),
            repeats=False,
            open_because=_ONE_LATE if action == "status" else "",
        )
