"""What a fault is, and what it works on: one answer of the store."""

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from attrs import evolve, field, frozen

from prolific_contract.sandbox._http import Call, Reply
from prolific_contract.sandbox._replies import with_header
from prolific_contract.sandbox._wire import message_body
from prolific_contract.sandbox.faults._line import Line

# A client that never asks for the rest gets everything in the end.
_MOST_CUTS: Final = 3
_REST: Final = re.compile("bytes=0*[1-9]")


@frozen
class Transfer:
    """One request to the store.

    Attributes:
        call: The request.
        number: Which one it is since the server started, from 1.
        resumptions: How many so far asked for the rest of an archive, this one included.
        line: The connection.
        clean: Gives the answer of a store without faults.
    """

    call: Call
    number: int
    resumptions: int
    line: Line = field(repr=False)
    clean: Callable[[Call], Reply] = field(repr=False)

    def answer(self, *, without: tuple[str, ...] = ()) -> Reply:
        """What a store without faults answers, its body in memory.

        Args:
            without: Names of request headers, in small letters, that it does not get to see.
        """
        headers = {k: v for k, v in self.call.headers.items() if k not in without}
        reply = self.clean(evolve(self.call, headers=headers))
        return evolve(reply, body=message_body(reply))

    def whole(self) -> Reply:
        """The whole archive, whatever part was asked for; or the store's refusal."""
        return self.answer(without=("range", "if-match"))

    def deliver(self, reply: Reply | None = None) -> None:
        """Send an answer as it should be sent; None for that of a store without faults."""
        self.deliver_part(reply, 1.0)

    def deliver_part(self, reply: Reply | None, share: float) -> None:
        """Send an answer's head, which promises all, and a share of its body."""
        reply = self.answer() if reply is None else reply
        body = message_body(reply)
        self.line.send_head(with_header(reply, "Connection", "close"))
        self.line.send(body[: int(len(body) * share)])


Behaviour: TypeAlias = Callable[[Transfer], None]


@frozen
class TransferFault:
    """One thing that goes wrong between a store and its client.

    Attributes:
        name: What ``prolific-contract sandbox --fault`` takes.
        sentence: What the store does, one sentence without its full stop.
        behave: Answers a request.
    """

    name: str
    sentence: str
    behave: Behaviour = field(repr=False, eq=False)


def at_first(behave: Behaviour, times: int = 1) -> Behaviour:
    """The fault for so many requests, then none."""
    return lambda one: behave(one) if one.number <= times else one.deliver()


def once_begun(behave: Behaviour, times: int | None = None) -> Behaviour:
    """The fault for requests that go on with a download, which is cut off to provoke them.

    A client that lost the first answer on the way has nothing to go on with: the next one
    is cut off as well.

    Args:
        behave: The fault.
        times: For how many of them; None for all requests from the first of them on.
    """

    def begun(one: Transfer) -> None:
        if one.resumptions == 0 and one.number <= _MOST_CUTS:
            cut_off(one)
        elif times is None or (asks_for_rest(one.call) and one.resumptions <= times):
            behave(one)
        else:
            one.deliver()

    return begun


def asks_for_rest(call: Call) -> bool:
    """Whether it is a range request that begins behind the first byte."""
    return _REST.match(call.headers.get("range", "")) is not None


def cut_off(one: Transfer) -> None:
    """Half of the body, then the end of the connection."""
    one.deliver_part(None, 0.5)


def changed(change: Callable[[Reply], Reply]) -> Behaviour:
    """An answer that is changed and then sent as it should be."""
    return lambda one: one.deliver(change(one.answer()))
