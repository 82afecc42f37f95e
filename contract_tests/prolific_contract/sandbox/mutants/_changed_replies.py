"""Behaviours that change replies of the clean sandbox."""

import json
from collections.abc import Callable
from typing import Any

from prolific_contract.sandbox._archive_replies import archive_reply, whole_archive
from prolific_contract.sandbox._http import Reply
from prolific_contract.sandbox._replies import (
    ReplyChange,
    ReplyPredicate,
    body_of,
    with_body,
    with_json,
)
from prolific_contract.sandbox.mutants._fault import MutantBehaviour, always
from prolific_contract.sandbox.mutants._faulty_request import FaultyRequest


def changing(which: ReplyPredicate, change: ReplyChange) -> Callable[[], MutantBehaviour]:
    """A fault that changes the replies that match a predicate."""

    def behave(request: FaultyRequest) -> Reply:
        reply = request.reply()
        return change(reply) if which(reply) else reply

    return lambda: behave


def changing_json(
    which: ReplyPredicate, change: Callable[[dict[str, Any]], object]
) -> Callable[[], MutantBehaviour]:
    """A fault that changes the JSON body of the replies that match a predicate."""
    return changing(which, lambda reply: with_json(reply, change(body_of(reply))))


def changing_bytes(
    which: ReplyPredicate, change: Callable[[bytes], bytes]
) -> Callable[[], MutantBehaviour]:
    """A fault that changes the encoded JSON of the replies that match a predicate."""

    def changed(reply: Reply) -> Reply:
        body = json.dumps(body_of(reply), ensure_ascii=False).encode()
        return with_body(reply, change(body))

    return changing(which, changed)


def serving(make: Callable[[FaultyRequest, bytes], bytes]) -> Callable[[], MutantBehaviour]:
    """A store that serves a modified archive, and still supports range requests."""

    def behave(request: FaultyRequest) -> Reply:
        content = whole_archive(request.call, request.answer_to)
        return (
            request.reply()
            if content is None
            else archive_reply(request.call, make(request, content))
        )

    return always(behave)
