"""A transfer fault, and the request to the store that it answers."""

import re
from collections.abc import Callable
from typing import Final, TypeAlias

from attrs import evolve, field, frozen

from prolific_contract.sandbox._http import Call, Reply
from prolific_contract.sandbox._replies import with_header
from prolific_contract.sandbox._wire import message_body
from prolific_contract.sandbox.faults._client_connection import ClientConnection

# A client that never resumes gets the whole body after this many cuts.
_MOST_CUTS: Final = 3
_REST: Final = re.compile("bytes=0*[1-9]")


@frozen
class Transfer:
    """One request to the store.

    Attributes:
        number: Number of the request since the server started, from 1.
        resumptions: Number of requests so far that resume a download, including this one.
        clean: Answers as a store without faults does.
    """

    call: Call
    number: int
    resumptions: int
    connection: ClientConnection = field(repr=False)
    clean: Callable[[Call], Reply] = field(repr=False)

    def answer(self, *, without: tuple[str, ...] = ()) -> Reply:
        """The reply of a store without faults, with the body in memory.

        Args:
            without: Lower-case names of request headers to ignore.
        """
        headers = {k: v for k, v in self.call.headers.items() if k not in without}
        reply = self.clean(evolve(self.call, headers=headers))
        return evolve(reply, body=message_body(reply))

    def whole(self) -> Reply:
        """The reply with the whole archive, whatever range was requested; or the refusal."""
        return self.answer(without=("range", "if-match"))

    def deliver(self, reply: Reply | None = None) -> None:
        """Send a reply completely; None sends that of a store without faults."""
        self.deliver_part(reply, 1.0)

    def deliver_part(self, reply: Reply | None, share: float) -> None:
        """Send a reply's head unchanged, and a share (0 to 1) of its body."""
        reply = self.answer() if reply is None else reply
        body = message_body(reply)
        self.connection.send_head(with_header(reply, "Connection", "close"))
        self.connection.send(body[: int(len(body) * share)])


TransferBehaviour: TypeAlias = Callable[[Transfer], None]


@frozen
class TransferFault:
    """One way in which a transfer from a store fails.

    Attributes:
        name: The argument of ``prolific-contract sandbox --fault``.
        sentence: What the store does: one sentence without its full stop.
        behave: Answers a request.
    """

    name: str
    sentence: str
    behave: TransferBehaviour = field(repr=False, eq=False)


def first_requests(behave: TransferBehaviour, times: int = 1) -> TransferBehaviour:
    """Apply a fault to the first requests only."""
    return lambda one: behave(one) if one.number <= times else one.deliver()


def on_resume(behave: TransferBehaviour, times: int | None = None) -> TransferBehaviour:
    """Apply a fault to requests that resume a download, and cut the first body to provoke them.

    A client that lost the first response has nothing to resume, so the next body is cut too.

    Args:
        behave: The fault.
        times: Number of resuming requests with the fault; None for every request from the
            first resuming one on.
    """

    def begun(one: Transfer) -> None:
        if one.resumptions == 0 and one.number <= _MOST_CUTS:
            cut_body(one)
        elif times is None or (resumes_download(one.call) and one.resumptions <= times):
            behave(one)
        else:
            one.deliver()

    return begun


def resumes_download(call: Call) -> bool:
    """Whether a request resumes a download: its range starts after the first byte."""
    return _REST.match(call.headers.get("range", "")) is not None


def cut_body(one: Transfer) -> None:
    """Send half of the body; the connection closes afterwards."""
    one.deliver_part(None, 0.5)


def changed(change: Callable[[Reply], Reply]) -> TransferBehaviour:
    """Apply a change to the reply before it is sent."""
    return lambda one: one.deliver(change(one.answer()))
