"""Carries out the steps of a conversation and records the exchanges without secrets.

A recording contains neither the API token nor participants' data: the token is removed from
requests and responses. Of an archive, the directory is kept, and what is wrong with its content.
"""

from collections.abc import Callable, Generator, Iterator
from functools import partial
from typing import Final

from attrs import evolve, frozen
from prolific_exports._model._redaction import MARK
from prolific_exports._model._redactor import Redactor
from prolific_exports._model._settings import REFERER
from prolific_exports._version import __version__

from prolific_contract.gate.conversation._plan import ConversationPlan
from prolific_contract.gate.conversation._scenario import Ending, conversation
from prolific_contract.gate.conversation._steps import (
    ApiRequest,
    ArchiveRequest,
    Interruption,
    Pause,
    Step,
    StepResult,
)
from prolific_contract.gate.conversation._targets import (
    NoResponseError,
    Target,
    TargetUnreachableError,
)
from prolific_contract.gate.trace._body_parts import is_data, part_of
from prolific_contract.gate.trace._content_reader import missing_content, read_content
from prolific_contract.gate.trace._exchanges import Credential, Exchange, HttpResponse, Trace
from prolific_contract.gate.trace._redaction import (
    learn_signatures,
    without_signatures,
    without_token,
)
from prolific_contract.gate.trace._zip_directory import FilePart, directory_start

USER_AGENT: Final = f"prolific-contract/{__version__}"

WRONG_TOKEN: Final = "prolific-contract-made-this-token-up"  # noqa: S105 - opens nothing

# They resemble the token so much that the redactor can't tell them apart.
_OTHER_TOKENS: Final = frozenset(
    {
        Credential.TRUNCATED,
        Credential.BEHEADED,
        Credential.EXTENDED,
        Credential.OTHER_END,
        Credential.OTHER_START,
        Credential.OTHER_CASE,
    }
)

# In bytes. A documented body is smaller than one kilobyte, but may have undocumented members.
_API_BODY_LIMIT: Final = 1024 * 1024
_SIGNATURE: Final = b"PK\x03\x04"
_ERROR_PAGE: Final = 4096

ExchangeCallback = Callable[[Exchange], None]


class InterruptedConversation(KeyboardInterrupt):
    """The user pressed Ctrl-C, and the conversation deleted the jobs that it had started.

    Attributes:
        notices: What the owner of the batches and collections should know, as sentences.
    """

    def __init__(self, notices: tuple[str, ...]) -> None:
        """End a conversation with its notices."""
        super().__init__()
        self.notices = notices


@frozen
class Conversation:
    """A recorded conversation.

    Attributes:
        trace: The exchanges.
        cut_short: Why it ended early, as a clause; None if it is complete.
        notices: What the owner of the batches and collections should know, as sentences.
    """

    trace: Trace
    cut_short: str | None = None
    notices: tuple[str, ...] = ()

    @property
    def messages(self) -> Iterator[str]:
        """What a command prints at the end, as sentences."""
        if self.cut_short:
            yield f"the conversation ended early: {self.cut_short}"
        yield from self.notices


def record_conversation(
    target: Target,
    base_url: str,
    token: str,
    plan: ConversationPlan,
    progress: ExchangeCallback | None = None,
) -> Conversation:
    """Hold a conversation and record it.

    Args:
        target: The server.
        base_url: Base URL of the API, without a slash at the end. The token goes nowhere else.
        token: The API token.
        plan: What to request.
        progress: Called with every exchange after it ends.

    Raises:
        TargetUnreachableError: There was no connection for the first request.
        InterruptedConversation: The user pressed Ctrl-C. The jobs that the conversation started
            have been deleted, as far as half a minute allowed.
        KeyboardInterrupt: The user pressed Ctrl-C again: no more jobs were deleted.
    """
    recorder = Recorder(target, base_url, token, plan.call_timeout)
    ending, interrupted = _run_steps(conversation(plan), recorder, progress)
    notices = tuple(map(recorder.signatures.known, ending.notices))
    if interrupted:
        raise InterruptedConversation(notices)
    # Exchanges recorded before a URL was known may contain its signature.
    exchanges = (
        without_signatures(exchange, recorder.signatures) for exchange in recorder.exchanges
    )
    trace = Trace(tuple(exchanges), plan.subjects, plan.max_wait)
    return Conversation(trace, ending.cut_short, notices)


def _run_steps(
    steps: Generator[Step, StepResult, Ending],
    recorder: "Recorder",
    progress: ExchangeCallback | None,
) -> tuple[Ending, bool]:
    """Carry out the steps; return the ending, and whether the user interrupted."""
    interrupted = False
    step = next(steps)
    try:
        while True:
            kept = len(recorder.exchanges)
            try:
                sent = _carry_out_step(step, recorder, progress)
            except KeyboardInterrupt:
                if interrupted:
                    raise
                interrupted = True
                for exchange in recorder.exchanges[kept:]:
                    steps.send(exchange)
                step = steps.send(Interruption("it was interrupted", recorder.elapsed))
            else:
                step = steps.send(sent)
    except StopIteration as stop:
        return stop.value, interrupted


def _carry_out_step(
    step: Step, recorder: "Recorder", progress: ExchangeCallback | None
) -> StepResult:
    if isinstance(step, Pause):
        return recorder.pause(step)
    exchange = recorder.record(step)
    if progress is not None:
        progress(exchange)
    return exchange


class Recorder:
    """Sends requests to a target and records the exchanges.

    Attributes:
        exchanges: The recorded exchanges.
        signatures: Redacts the signatures of all presigned URLs so far.
    """

    def __init__(self, target: Target, base_url: str, token: str, timeout: float) -> None:
        """Start a recording.

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
        # A server may quote the token that it refuses.
        for near in (token[:-1], token[1:]):
            self._redactor.learn_value(near)
        self.signatures = Redactor()
        self._ids: set[str] = set()
        self._timeout = timeout
        self._began = target.monotonic()
        self._parts: dict[str, list[FilePart]] = {}
        # URLs whose archive's content was read, or can't be.
        self._read: set[str] = set()
        self.exchanges: list[Exchange] = []

    def pause(self, pause: Pause) -> float:
        """Wait, and return the seconds since the start."""
        self._target.sleep(pause.seconds)
        return self.elapsed

    @property
    def elapsed(self) -> float:
        """Seconds since the start."""
        return self._target.monotonic() - self._began

    def record(self, step: ApiRequest | ArchiveRequest) -> Exchange:
        """Send a request and record the exchange.

        Raises:
            TargetUnreachableError: The first request got no connection.
        """
        exchange = self._send_to_api(step) if isinstance(step, ApiRequest) else self._fetch(step)
        learn_signatures(self.signatures, exchange, self._ids)
        exchange = without_signatures(exchange, self.signatures)
        self.exchanges.append(exchange)
        return exchange

    def _send_to_api(self, request: ApiRequest) -> Exchange:
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip",
            "User-Agent": USER_AGENT,
            # Prolific asks libraries to name themselves in Referer.
            "Referer": REFERER,
            **dict(request.headers),
        }
        authorization = _authorization(request.credential, self._token)
        shown = dict(headers)
        if authorization is not None:
            headers["Authorization"] = authorization
            shown["Authorization"] = MARK
        exchange = Exchange(
            index=len(self.exchanges),
            method=request.method,
            url=f"{self._base_url}{request.path}",
            base_url=self._base_url,
            credential=request.credential,
            headers=tuple(shown.items()),
            generated=request.generated,
        )
        return self._answered(exchange, headers, partial(self._kept_of_api, request.credential))

    def _kept_of_api(self, credential: Credential, response: HttpResponse) -> HttpResponse:
        """What is kept of a response of the API."""
        response = without_token(response, self._redactor)
        if credential in _OTHER_TOKENS:
            # What it quoted was not the token.
            response = evolve(response, echoes_token=None)
        if len(response.body) > _API_BODY_LIMIT:
            response = evolve(response, body=response.body[:_API_BODY_LIMIT], cut=True)
        return response

    def _fetch(self, fetch: ArchiveRequest) -> Exchange:
        # Byte ranges address the file itself; a content encoding would change its bytes.
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
        return self._answered(exchange, headers, partial(self._kept_of_store, fetch.url))

    def _kept_of_store(self, url: str, response: HttpResponse) -> HttpResponse:
        """What is kept of a response of the store."""
        # Redaction keeps every byte's position in binary data, so the directory stays readable.
        return self._directory_of(url, without_token(response, self._redactor))

    def _answered(
        self,
        exchange: Exchange,
        headers: dict[str, str],
        kept_of: Callable[[HttpResponse], HttpResponse],
    ) -> Exchange:
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
        took = self._target.monotonic() - at
        return evolve(
            exchange,
            at=at - self._began,
            sent=sent,
            took=took,
            response=None if response is None else kept_of(response),
            failure=failure,
        )

    def _directory_of(self, url: str, response: HttpResponse) -> HttpResponse:
        """A response with a part of an archive, reduced to the bytes of the directory."""
        part, size = part_of(response)
        start = None
        if part is not None and size is not None:
            parts = self._parts.setdefault(url, [])
            parts.append(part)
            start = directory_start(parts, size)
            # Redaction changes bytes of the archive.
            if response.redacted:
                self._read.add(url)
            elif start is not None and url not in self._read and not missing_content(parts, size):
                self._read.add(url)
                response = evolve(response, content=read_content(parts, size))
        if start is None and _is_page(response, part):
            return evolve(response, body=response.body[:_ERROR_PAGE])
        # If the position in the file is unknown, any byte may be participants' data.
        body = b"" if part is None else _blanked(part, start)
        # A body that is longer than its Content-Range says keeps its length.
        return evolve(response, body=body.ljust(len(response.body), b"\0"))


def _is_page(response: HttpResponse, part: FilePart | None) -> bool:
    """Whether a store sent a page or an error message, which is safe to keep."""
    if is_data(response):
        return False
    if part is None:
        return response.status >= 300
    return part.start == 0 and not part.data.startswith(_SIGNATURE[:2])


def _blanked(part: FilePart, start: int | None) -> bytes:
    """The bytes of a part, with participants' data replaced by nulls.

    Args:
        part: The part.
        start: Where the directory begins; None if it was not found.
    """
    stop = len(part.data) if start is None else min(max(0, start - part.start), len(part.data))
    kept = len(_SIGNATURE) if part.start == 0 else 0
    kept = min(kept, stop)
    return part.data[:kept] + bytes(stop - kept) + part.data[stop:]


def _authorization(credential: Credential, token: str) -> str | None:
    """The value of the Authorization field for a credential; None for no field."""
    swapped = token.swapcase()
    fields: dict[Credential, str] = {
        Credential.VALID: f"Token {token}",
        # The scheme alone, as clients send it when their token variable is empty.
        Credential.MALFORMED: "Token",
        Credential.WRONG_SCHEME: f"Bearer {token}",
        Credential.WRONG_TOKEN: f"Token {WRONG_TOKEN}",
        Credential.EMPTY: "",
        Credential.NO_SCHEME: token,
        Credential.NEAR_SCHEME: f"Tokens {token}",
        Credential.TRUNCATED: f"Token {token[:-1]}",
        Credential.BEHEADED: f"Token {token[1:]}",
        Credential.EXTENDED: f"Token {token}x",
        Credential.OTHER_END: f"Token {token[:-1]}{_other(token[-1:])}",
        Credential.OTHER_START: f"Token {_other(token[:1])}{token[1:]}",
        # A token without letters has only one case.
        Credential.OTHER_CASE: f"Token {swapped if swapped != token else f'{token}X'}",
    }
    return fields.get(credential)


def _other(character: str) -> str:
    """Another character, which a token can have."""
    return "~" if character != "~" else "-"
