"""Carries out the steps of a conversation and keeps what came of them, without the secrets.

The API token and what participants answered never get into a recording: the token is taken
out of requests and answers, and of an archive only its directory is kept.
"""

from collections.abc import Callable, Generator, Iterator
from typing import Final

from attrs import evolve, frozen
from prolific_exports._model._redaction import MARK
from prolific_exports._model._redactor import Redactor
from prolific_exports._model._settings import REFERER
from prolific_exports._version import __version__

from prolific_contract.gate.conversation._plan import ConversationPlan
from prolific_contract.gate.conversation._scenario import Ending, conversation
from prolific_contract.gate.conversation._steps import Ask, Fetch, Pause, Sent, Step, Unwanted
from prolific_contract.gate.conversation._targets import (
    NoResponseError,
    Target,
    TargetUnreachableError,
)
from prolific_contract.gate.trace._body_parts import is_data, part_of
from prolific_contract.gate.trace._exchanges import Credential, Exchange, HttpResponse, Trace
from prolific_contract.gate.trace._redaction import urls_of, without_signatures, without_token
from prolific_contract.gate.trace._zip_directory import FilePart, directory_start

USER_AGENT: Final = f"prolific-contract/{__version__}"

WRONG_TOKEN: Final = "prolific-contract-made-this-token-up"  # noqa: S105 - opens nothing

# In bytes. What is meant to be told takes less than one kilobyte.
_API_BODY_LIMIT: Final = 64 * 1024
_SIGNATURE: Final = b"PK\x03\x04"
_ERROR_PAGE: Final = 4096

Progress = Callable[[Exchange], None]


class InterruptedConversation(KeyboardInterrupt):
    """Somebody pressed Ctrl-C, and the conversation put away what it had started.

    Attributes:
        remarks: What whoever owns the batches and collections has to know, in sentences.
    """

    def __init__(self, remarks: tuple[str, ...]) -> None:
        """End a conversation with what it has left."""
        super().__init__()
        self.remarks = remarks


@frozen
class Conversation:
    """What was recorded.

    Attributes:
        trace: The exchanges.
        cut_short: Why not everything was asked, in half a sentence; None if it was.
        remarks: What whoever owns the batches and collections has to know, in sentences.
    """

    trace: Trace
    cut_short: str | None = None
    remarks: tuple[str, ...] = ()

    @property
    def told(self) -> Iterator[str]:
        """What to tell at the end, in sentences."""
        if self.cut_short:
            yield f"the conversation was cut short: {self.cut_short}"
        yield from self.remarks


def record_conversation(
    target: Target,
    base_url: str,
    token: str,
    plan: ConversationPlan,
    progress: Progress | None = None,
) -> Conversation:
    """Hold a conversation and record it.

    Args:
        target: The server.
        base_url: Base URL of the API, without a slash at the end. The token goes nowhere else.
        token: The API token.
        plan: What to ask.
        progress: Is told of every exchange when it is over.

    Raises:
        TargetUnreachableError: There was no connection for the first request.
        InterruptedConversation: Somebody pressed Ctrl-C; what it had started has been deleted,
            as far as that was possible in half a minute.
        KeyboardInterrupt: Somebody pressed Ctrl-C again: nothing more was deleted.
    """
    recorder = Recorder(target, base_url, token, plan.call_timeout)
    ending, interrupted = _drive(conversation(plan), recorder, progress)
    remarks = tuple(map(recorder.signatures.known, ending.remarks))
    if interrupted:
        raise InterruptedConversation(remarks)
    # What came before its URL was known has been kept as it was.
    exchanges = (
        without_signatures(exchange, recorder.signatures) for exchange in recorder.exchanges
    )
    trace = Trace(tuple(exchanges), plan.subjects, plan.max_wait)
    return Conversation(trace, ending.cut_short, remarks)


def _drive(
    steps: Generator[Step, Sent, Ending], recorder: "Recorder", progress: Progress | None
) -> tuple[Ending, bool]:
    """Carry out the steps; how it ended, and whether it was interrupted."""
    interrupted = False
    step = next(steps)
    try:
        while True:
            kept = len(recorder.exchanges)
            try:
                sent = _done(step, recorder, progress)
            except KeyboardInterrupt:
                if interrupted:
                    raise
                interrupted = True
                for heard in recorder.exchanges[kept:]:
                    steps.send(heard)
                step = steps.send(Unwanted("it was interrupted", recorder.elapsed))
            else:
                step = steps.send(sent)
    except StopIteration as stop:
        return stop.value, interrupted


def _done(step: Step, recorder: "Recorder", progress: Progress | None) -> Sent:
    if isinstance(step, Pause):
        return recorder.pause(step)
    exchange = recorder.record(step)
    if progress is not None:
        progress(exchange)
    return exchange


class Recorder:
    """Sends requests to a target and records what came of them.

    Attributes:
        exchanges: What was recorded.
        signatures: Knows the presigned URLs that were seen.
    """

    def __init__(self, target: Target, base_url: str, token: str, timeout: float) -> None:
        """Begin a recording.

        Args:
            target: The server.
            base_url: Base URL of the API, without a slash at the end.
            token: The API token.
            timeout: Seconds that one call may take.
        """
        self._target = target
        self._base_url = base_url
        self._token = token
        self._redactor = Redactor(token)
        self.signatures = Redactor()
        self._timeout = timeout
        self._began = target.monotonic()
        self._parts: dict[str, list[FilePart]] = {}
        self.exchanges: list[Exchange] = []

    def pause(self, pause: Pause) -> float:
        """Let time pass; the seconds since the beginning."""
        self._target.sleep(pause.seconds)
        return self.elapsed

    @property
    def elapsed(self) -> float:
        """Seconds since the beginning."""
        return self._target.monotonic() - self._began

    def record(self, step: Ask | Fetch) -> Exchange:
        """Send a request and keep what came of it.

        Raises:
            TargetUnreachableError: There was no connection, and never has been.
        """
        exchange = self._send_to_api(step) if isinstance(step, Ask) else self._fetch(step)
        for url in urls_of(exchange):
            self.signatures.learn(url)
        exchange = without_signatures(exchange, self.signatures)
        self.exchanges.append(exchange)
        return exchange

    def _send_to_api(self, ask: Ask) -> Exchange:
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "User-Agent": USER_AGENT,
            # Prolific asks libraries for one that names them.
            "Referer": REFERER,
            **dict(ask.headers),
        }
        authorization = _authorization(ask.credential, self._token)
        shown = dict(headers)
        if authorization is not None:
            headers["Authorization"] = authorization
            shown["Authorization"] = MARK
        exchange = Exchange(
            index=len(self.exchanges),
            method=ask.method,
            url=f"{self._base_url}{ask.path}",
            base_url=self._base_url,
            credential=ask.credential,
            headers=tuple(shown.items()),
            generated=ask.made,
        )
        exchange = self._answered(exchange, headers)
        if exchange.response is None:
            return exchange
        response = without_token(exchange.response, self._redactor)
        if len(response.body) > _API_BODY_LIMIT:
            response = evolve(response, body=response.body[:_API_BODY_LIMIT], cut=True)
        return evolve(exchange, response=response)

    def _fetch(self, fetch: Fetch) -> Exchange:
        # The directory is asked for by its bytes: an encoding would change them.
        headers = {"Accept-Encoding": "identity", "User-Agent": USER_AGENT}
        if fetch.span is not None:
            headers["Range"] = fetch.span
        exchange = Exchange(
            index=len(self.exchanges),
            method="GET",
            url=fetch.url,
            base_url=self._base_url,
            credential=Credential.NONE,
            headers=tuple(headers.items()),
        )
        exchange = self._answered(exchange, headers)
        if exchange.response is None:
            return exchange
        # Of what is binary, each byte keeps its place, by which a directory is read.
        response = without_token(exchange.response, self._redactor)
        return evolve(exchange, response=self._directory_of(fetch.url, response))

    def _answered(self, exchange: Exchange, headers: dict[str, str]) -> Exchange:
        at = self._target.monotonic()
        sent = self._target.now()
        response, failure = None, None
        try:
            response = self._target.send(exchange.method, exchange.url, headers, self._timeout)
        except TargetUnreachableError as error:
            if not self.exchanges:
                raise
            failure = self._redactor.text(str(error))
        except NoResponseError as error:
            failure = self._redactor.text(str(error))
        return evolve(
            exchange,
            at=at - self._began,
            sent=sent,
            took=self._target.monotonic() - at,
            response=response,
            failure=failure,
        )

    def _directory_of(self, url: str, response: HttpResponse) -> HttpResponse:
        """An answer that carries a part of an archive, with nothing but the directory in it."""
        part, size = part_of(response)
        start = None
        if part is not None and size is not None:
            parts = self._parts.setdefault(url, [])
            parts.append(part)
            start = directory_start(parts, size)
        if start is None and _is_page(response, part):
            return evolve(response, body=response.body[:_ERROR_PAGE])
        # Of bytes that are at no known place of a file, none is known to be harmless.
        body = bytes(len(response.body)) if part is None else _blanked(part, start)
        return evolve(response, body=body)


def _is_page(response: HttpResponse, part: FilePart | None) -> bool:
    """Whether a store answers for people to read, which is what there is to see then."""
    if is_data(response):
        return False
    if part is None:
        return response.status >= 300
    return part.start == 0 and not part.data.startswith(_SIGNATURE[:2])


def _blanked(part: FilePart, start: int | None) -> bytes:
    """The bytes of a part with nulls instead of what people answered.

    Args:
        part: The part.
        start: Where the directory begins; None if the file has none that can be found.
    """
    stop = len(part.data) if start is None else min(max(0, start - part.start), len(part.data))
    kept = len(_SIGNATURE) if part.start == 0 else 0
    kept = min(kept, stop)
    return part.data[:kept] + bytes(stop - kept) + part.data[stop:]


def _authorization(credential: Credential, token: str) -> str | None:
    """The Authorization field that says of who sends a request what is to be said."""
    fields: dict[Credential, str] = {
        Credential.VALID: f"Token {token}",
        # The scheme alone: what is left when the variable with the token is empty.
        Credential.MALFORMED: "Token",
        Credential.WRONG_SCHEME: f"Bearer {token}",
        Credential.WRONG_TOKEN: f"Token {WRONG_TOKEN}",
    }
    return fields.get(credential)
