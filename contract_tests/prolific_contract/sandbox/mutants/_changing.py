"""Behaviours that change what the clean sandbox answers."""

import json
from collections.abc import Callable
from typing import Any

from prolific_contract.sandbox._http import Reply
from prolific_contract.sandbox._replies import Change, Which, body_of, with_body, with_json
from prolific_contract.sandbox.mutants._fault import Behaviour
from prolific_contract.sandbox.mutants._faulty_request import Turn


def changing(which: Which, change: Change) -> Callable[[], Behaviour]:
    """A fault that changes the replies of a certain sort."""

    def behave(turn: Turn) -> Reply:
        reply = turn.reply()
        return change(reply) if which(reply) else reply

    return lambda: behave


def changing_json(
    which: Which, change: Callable[[dict[str, Any]], object]
) -> Callable[[], Behaviour]:
    """A fault that changes the JSON body of the replies of a certain sort."""
    return changing(which, lambda reply: with_json(reply, change(body_of(reply))))


def changing_bytes(which: Which, change: Callable[[bytes], bytes]) -> Callable[[], Behaviour]:
    """A fault that changes how the JSON of replies of a certain sort is written."""

    def changed(reply: Reply) -> Reply:
        body = json.dumps(body_of(reply), ensure_ascii=False).encode()
        return with_body(reply, change(body))

    return changing(which, changed)
