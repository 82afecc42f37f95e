"""An API and an object store with every fault that a server may have."""

import gzip
import json
from collections.abc import Callable, Generator
from functools import lru_cache
from random import Random
from typing import TypeAlias
from uuid import UUID

from attrs import define, field
from prolific_exports import NoAnswerError, UnreachableError
from prolific_exports._flows._effects import ApiReply, Fetch, Fetched, Head, Send

HOST = "https://store.example/a?X-Amz-Signature=5ecret"
MOST_REQUESTS = 500
# A job of another user, which a process may be asked to download.
OTHER_USERS_JOB = str(UUID(int=1))
# After a refused request the client gets a fresh URL; after another refusal it must give up. It
# may restart once in between, and each of three parts is refused separately.
MOST_REFUSALS = 12
# Bytes of an archive that arrives at one byte per request, and the most requests for it: eight
# failures and eight restarts from byte 0, three parts at once.
LARGE = 80
MOST_BODIES = 48
# What a compression bomb expands to. A client that bounds the decoded bytes writes less.
BOMB = bytes(100_000)

ResponseSteps: TypeAlias = Generator[None, None, Fetched]
"""A response of the store, one piece of the body at a time."""


@define
class Object:
    """An archive in the store."""

    body: bytes
    etag: str


@define
class Server:
    """Export jobs and their archives.

    Attributes:
        random: Decides which faults occur.
        step: Called before each action; may crash the process.
        kill: Crashes the process.
        pass_time: Advances the clock by seconds.
        calm: Whether no fault occurs.
        objects: Every archive that ever existed, by its bytes.
        damaged: Whether the network has ever changed bytes.
        etags: Whether the store sends entity tags.
        honours_if_match: Whether it obeys `If-Match`.
        ranges: Whether it sends parts.
        stuck: The status of every response; None for normal responses.
        restless: Whether the archive changes before every response.
        stingy: Whether every connection breaks after its first byte.
        bodies: Bodies that it began to send to this process.
        cut_after: Position in the archive at which every connection breaks; None for none.
        last: The archive that it sent from, or confirmed, last.
        refusals: Refused requests since it last sent a byte.
        fetches: Requests for archives of this process.
        held: The archives that each job ever had.
        barring: Whether the server may become unreachable for good.
        barred: Whether it is unreachable for good.
        missed: Requests about jobs that do not exist.
        changes: Probability that the archive changes before a response.
        codings: How it compresses some responses, in the order of application; empty for never.
        bombs: Whether compressed responses are compression bombs.
    """

    random: Random
    step: Callable[[], None]
    kill: Callable[[], None]
    pass_time: Callable[[float], None]
    calm: bool = False
    objects: dict[bytes, Object] = field(factory=dict)
    damaged: bool = False
    requests: int = 0
    jobs: dict[str, Object | None] = field(factory=dict)
    urls: dict[str, str] = field(factory=dict)
    etags: bool = True
    honours_if_match: bool = True
    ranges: bool = True
    stuck: int | None = None
    restless: bool = False
    stingy: bool = False
    codings: tuple[str, ...] = ()
    bombs: bool = False
    bodies: int = 0
    cut_after: int | None = None
    last: Object | None = None
    refusals: int = 0
    fetches: int = 0
    held: dict[str, list[bytes]] = field(factory=dict)
    barring: bool = False
    barred: bool = False
    missed: int = 0
    changes: float = 0.1

    def __attrs_post_init__(self) -> None:
        random = self.random.random
        self.etags = random() < 0.9
        self.honours_if_match = random() < 0.8
        self.ranges = random() < 0.9
        self.stuck = self.random.choice((403, 404, 412, 416, 503)) if random() < 0.03 else None
        self.restless = random() < 0.03
        self.stingy = random() < 0.03
        self.barring = random() < 0.05
        if random() < 0.05:
            self.codings = self.random.choice((("gzip",), ("gzip", "gzip")))
            self.bombs = random() < 0.3
        self._give(OTHER_USERS_JOB, self.make_object())

    def make_object(self) -> Object:
        """Make a new archive; most archives have the same size."""
        number = len(self.objects) + 1
        size = 60 if self.random.random() < 0.8 else self.random.randrange(1, 80)
        if self.stingy:
            size = LARGE
        # Bytes differ between positions, and between archives at the same position.
        body = bytes((number * 37 + at * 101) % 251 for at in range(size))
        return self.objects.setdefault(body, Object(body, f'"{number}-{size}"'))

    def _give(self, job: str, stored: Object) -> None:
        self.jobs[job] = stored
        self.held.setdefault(job, []).append(stored.body)

    def _other_object(self) -> Object:
        """The replacement of an archive: a new one, or an earlier one."""
        if self.random.random() < 0.3:
            return self.random.choice(list(self.objects.values()))
        return self.make_object()

    def happens(self, chance: float) -> bool:
        """Whether a fault with this probability occurs now."""
        return not self.calm and self.random.random() < chance

    def begin(self) -> None:
        """Reset the counts of requests for a new process."""
        self.requests = self.refusals = self.fetches = self.bodies = self.missed = 0
        self.last, self.barred = None, False

    def _count(self) -> None:
        self.step()
        self.requests += 1
        assert self.requests <= MOST_REQUESTS, "too many requests"

    def send(self, send: Send) -> ApiReply:
        """Respond to a call to the API."""
        self._count()
        self.pass_time(0.1)
        request = send.request
        if self.happens(0.02):
            # The server drips, or sends interim responses, until the client times out.
            self.pass_time(send.timeout)
            raise NoAnswerError("late", operation="", ref=request.ref, sent=True)
        if self.happens(0.08):
            sent = self.random.random() < 0.5
            if sent:
                self._answer(request.method, request.path)
            raise NoAnswerError("no", operation="", ref=request.ref, sent=sent)
        if self._bars():
            raise UnreachableError("never", operation="", ref=request.ref, sent=False)
        if self.happens(0.06):
            status = self.random.choice((429, 500, 502, 503))
            headers = {"retry-after": "7"} if self.random.random() < 0.5 else {}
            return ApiReply(status, headers, b"{}")
        status, body = self._answer(request.method, request.path)
        return ApiReply(status, {}, json.dumps(body).encode())

    def _answer(self, method: str, path: str) -> tuple[int, dict[str, str]]:
        if method == "POST":
            # A job of another user with the same filter, which that user may delete.
            running = [job for job, stored in self.jobs.items() if stored is not None]
            if running and self.happens(0.15):
                return 202, {"status": "generating", "export_id": self.random.choice(running)}
            job = str(UUID(int=len(self.held) + 1))
            self._give(job, self.make_object())
            return 202, {"status": "generating", "export_id": job}
        job = path.rpartition("/")[2]
        if job not in self.jobs:
            self.missed += 1
            return 404, {}
        if self.happens(0.02):
            self.jobs[job] = None
        if self.happens(0.02):
            del self.jobs[job]
            self.missed += 1
            return 404, {}
        if self.happens(0.1):
            return 200, {"status": "generating", "export_id": job}
        if self.jobs[job] is None:
            return 200, {"status": "failed"}
        url = f"{HOST}{len(self.urls)}"
        self.urls[url] = job
        return 200, {"status": "complete", "url": url, "expires_at": "2026-03-20T10:00:01Z"}

    def fetch(self, fetch: Fetch) -> ResponseSteps:
        """Respond to a request for an archive."""
        self._count()
        self.fetches += 1
        assert "authorization" not in {name.lower() for name in fetch.headers}
        if failed := self._unconnected(fetch):
            return failed
        if self.happens(0.05):
            self.urls.pop(fetch.url, None)
        if self.happens(0.03):
            self.urls.setdefault(f"{fetch.url}r", self.urls.get(fetch.url, ""))
            return self._without_body(fetch, 302, location=f"{fetch.url}r")
        job = self.urls.get(fetch.url)
        if job is None or job not in self.jobs:
            return self._refuse(fetch, self.random.choice((400, 403, 404)))
        if self.stuck is not None and not self.calm:
            return self._refuse(fetch, self.stuck)
        if self.happens(0.06):
            status = self.random.choice((408, 412, 416, 429, 500, 503))
            return self._without_body(fetch, status)
        if self.happens(self.changes):
            self._give(job, self._other_object())
        if self.restless and not self.calm:
            self._give(job, self.make_object())
        stored = self.jobs[job]
        if stored is None:
            return self._refuse(fetch, 404)
        return (yield from self._send(fetch, stored))

    def _unconnected(self, fetch: Fetch) -> Fetched | None:
        if self._bars():
            return Fetched(None, failure="no connection, ever", permanent=True)
        if self.happens(0.08):
            self.pass_time(fetch.timeout)
            return Fetched(None, failure="no connection")
        return None

    def _bars(self) -> bool:
        """Whether the server is unreachable for good."""
        self.barred = self.barred or (self.barring and self.happens(0.1))
        return self.barred

    def _refuse(self, fetch: Fetch, status: int) -> Fetched:
        self.refusals += 1
        assert self.refusals <= MOST_REFUSALS, "too many requests after refusals"
        return self._without_body(fetch, status)

    def _without_body(self, fetch: Fetch, status: int, **headers: str) -> Fetched:
        head = Head(status, headers)
        assert not fetch.accept(head)
        return Fetched(head, b"<Error/>")

    def _send(self, fetch: Fetch, stored: Object) -> ResponseSteps:
        body, start, status = stored.body, 0, 200
        headers = {}
        wanted = fetch.headers.get("Range")
        condition = fetch.headers.get("If-Match")
        if condition is not None and self.honours_if_match and condition != stored.etag:
            return self._without_body(fetch, 412)
        if self.codings and self.happens(0.5):
            return (yield from self._send_compressed(fetch, stored, is_part=wanted is not None))
        if wanted is not None and self.ranges and not self.happens(0.03):
            first, _, last = wanted.removeprefix("bytes=").partition("-")
            start, stop = int(first), int(last) + 1 if last else len(body)
            if start >= len(body):
                self.last = stored
                return self._without_body(fetch, 416, **{"content-range": f"bytes */{len(body)}"})
            stop = min(stop, len(body))
            if start and self.happens(0.05):
                start += self.random.choice((-1, 1)) if start + 1 < stop else -1
            headers["content-range"] = f"bytes {start}-{stop - 1}/{len(body)}"
            body, status = body[start:stop], 206
        if self.etags:
            headers["etag"] = stored.etag
            # Without a tag and `If-Match`, no client could notice a changed archive.
            if self.honours_if_match and self.happens(0.15):
                headers["etag"] = self.random.choice(("", f"W/{stored.etag}"))
        if not self.happens(0.1):
            headers["content-length"] = str(len(body))
        self.last = stored
        return (yield from self._stream(fetch, Head(status, headers), body, start))

    def _send_compressed(self, fetch: Fetch, stored: Object, *, is_part: bool) -> ResponseSteps:
        """Send an archive, or a part of its compressed form, as a proxy that compresses does."""
        self.last = stored
        body = encoded(BOMB if self.bombs else stored.body, self.codings)
        headers, status = {"content-encoding": ", ".join(self.codings)}, 200
        if self.etags:
            headers["etag"] = f"W/{stored.etag}"
        if is_part and self.happens(0.3):
            stop = self.random.randrange(1, len(body))
            headers["content-range"] = f"bytes 0-{stop - 1}/{len(body)}"
            body, status = body[:stop], 206
        if not self.happens(0.1):
            headers["content-length"] = str(len(body))
        return (yield from self._stream(fetch, Head(status, headers), body, 0))

    def _stream(self, fetch: Fetch, head: Head, body: bytes, start: int) -> ResponseSteps:
        if not fetch.accept(head):
            return Fetched(head, body[:20])
        known = "content-length" in head.headers or "content-range" in head.headers
        if known and self.happens(0.03):
            body += b"more"
        # A body of unannounced length is chunked, so the client always detects its end.
        cut = (
            self.random.randrange(len(body) + 1)
            if self.happens(0.45) or (self.restless and not self.calm)
            else None
        )
        self.bodies += 1
        if self.stingy and not self.calm:
            assert self.bodies <= MOST_BODIES, "one byte per request counts as progress"
            cut = 1
        if self.cut_after is not None:
            cut = max(self.cut_after - start, 0)
        clean = known and self.happens(0.5)
        sent = body if cut is None else body[:cut]
        if sent and self.happens(0.02):
            self.damaged = True
            at = self.random.randrange(len(sent))
            sent = sent[:at] + b"\xff" + sent[at + 1 :]
        at = 0
        while at < len(sent):
            yield
            size = len(sent) if self.calm else self.random.randrange(1, 70)
            self.step()
            self.pass_time(size / 10)
            self.refusals = 0
            fetch.write(sent[at : at + size])
            at += size
            if self.happens(0.03):
                self.kill()
        return Fetched(head, failure=None if cut is None or clean else "the connection broke")


@lru_cache(1024)
def encoded(body: bytes, codings: tuple[str, ...]) -> bytes:
    """A body with one layer of gzip for each coding."""
    for _ in codings:
        body = gzip.compress(body, mtime=0)
    return body
