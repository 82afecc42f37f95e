"""A client that asks a sandbox more than a polite check does, to tell a fault from none."""

import json
from collections.abc import Iterator
from types import MappingProxyType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from prolific_contract import Kind, path_of
from prolific_contract.sandbox import Call, Fate, FileSlice, ManualClock, NoReplyError, Reply, Site

UNKNOWN = "00000000-0000-4000-8000-000000000000"
_STUDY = ("study_id", "64d0c0de0000000000000001")
_FROM, _TO = ("from", "2015-01-01T00:00:00Z"), ("to", "2015-01-02T00:00:00Z")


def _members(reply: Reply | None) -> dict[str, Any]:
    """The members of a successful reply; none if it is not a JSON object."""
    if reply is None or reply.status >= 300 or not isinstance(reply.body, bytes):
        return {}
    try:
        found = json.loads(reply.body)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


class ThoroughClient:
    """Sends a fixed series of requests about one kind, and keeps every reply."""

    def __init__(self, site: Site, clock: ManualClock, kind: Kind) -> None:
        self._site, self._clock = site, clock
        self._kind: Kind = kind
        self._token = site.settings.token
        self._own = path_of(kind, site.settings.id_of(kind))
        self._urls: list[str] = []
        self.replies: list[tuple[Any, ...]] = []

    @property
    def _bad(self) -> tuple[str | None, ...]:
        token = self._token
        return (
            None,
            "Token",
            token,
            f"Bearer {token}",
            f"token {token}",
            f"Token  {token}",
            "Token nothing-in-common",
            f"Token {token[:-3]}",
            f"Token {token[3:]}",
            f"Token {token}x",
            f"Token {token[:-1]}~",
            f"Token ~{token[1:]}",
            f"Token {token.upper()}",
        )

    def ask(
        self,
        method: str,
        path: str,
        query: tuple[tuple[str, str], ...] = (),
        authorization: str | None = "valid",
        **headers: str,
    ) -> Reply | None:
        """Send a request and keep its reply."""
        if authorization == "valid":
            authorization = f"Token {self._token}"
        if authorization is not None:
            headers["authorization"] = authorization
        call = Call(method, path, query, MappingProxyType(headers))
        try:
            reply = self._site.answer(call)
        except NoReplyError as error:
            self.replies.append((method, path, error.how))
            return None
        body = reply.body
        if isinstance(body, FileSlice):
            body = body.path.read_bytes()[body.start : body.start + body.length]
        self.replies.append((method, path, reply.status, reply.headers, body))
        return reply

    def run(self) -> list[tuple[Any, ...]]:
        """Send every request and return the replies."""
        for steps in (
            self._before,
            self._generating,
            self._complete,
            self._deleted,
            self._expired,
        ):
            steps()
        return self.replies

    @property
    def _elsewhere(self) -> Iterator[str]:
        settings = self._site.settings
        other: Kind = "collection" if self._kind == "batch" else "batch"
        yield path_of(other, settings.id_of(other))
        yield path_of(self._kind, UNKNOWN)
        yield path_of(self._kind, settings.id_of(self._kind, Fate.FORBIDDEN))
        yield path_of(self._kind, settings.id_of(self._kind, Fate.VANISHES))

    @property
    def _edition(self) -> str:
        return self._site.settings.edition

    def _request(self, path: str, *query: tuple[str, str]) -> str:
        found = _members(self.ask("POST", path, query)).get("export_id")
        return found if isinstance(found, str) and found else UNKNOWN

    def _poll(self, path: str, export_id: str, times: int = 1) -> None:
        for _ in range(times):
            url = _members(self.ask("GET", f"{path}/{export_id}")).get("url")
            if isinstance(url, str):
                self._urls.append(url)

    def _fetch(self, url: str) -> None:
        parts = urlsplit(url)
        query = tuple(parse_qsl(parts.query))
        for span in ("bytes=-500", "bytes=-500", "bytes=0-99", "bytes=10-20"):
            self.ask("GET", parts.path, query, None, range=span)
        self.ask("GET", parts.path, query, None)

    def _list(self, times: int = 1) -> None:
        for _ in range(times if self._edition == "2026-11" else 0):
            self.ask("GET", self._own)

    def _with_bad_credentials(self, method: str, path: str) -> None:
        for authorization in self._bad:
            self.ask(method, path, authorization=authorization)

    def _before(self) -> None:
        self._list(2)
        for authorization in (None, "Token nothing-in-common"):
            self.ask("POST", self._own, (_FROM,), authorization=authorization)
        for path in (self._own, *self._elsewhere):
            self._with_bad_credentials("POST", path)
            self.ask("PUT", path)
            if self._edition == "2026-11":
                self._with_bad_credentials("GET", path)
        for path in self._elsewhere:
            export_id = self._request(path)
            # The same ids under this kind.
            same = path_of(self._kind, path.split("/")[-2])
            for method in ("GET", "DELETE"):
                self.ask(method, f"{same}/{export_id}")
            self._list()
            self.ask("GET", path)

    def _generating(self) -> None:
        self.first = self._request(self._own)
        self._poll(self._own, self.first, 3)
        for path in (self._own, *self._elsewhere):
            self.ask("GET", f"{path}/{UNKNOWN}")
            self.ask("GET", f"{path}/{self.first}")
            if self._edition == "2026-11":
                self.ask("DELETE", f"{path}/{UNKNOWN}")
                self.ask("DELETE", f"{path}/{self.first}")
                self._with_bad_credentials("DELETE", f"{path}/{UNKNOWN}")
            self._with_bad_credentials("GET", f"{path}/{UNKNOWN}")
        for method in ("GET", "DELETE")[: 2 if self._edition == "2026-11" else 1]:
            self._with_bad_credentials(method, f"{self._own}/{self.first}")
            self.ask("PUT", f"{self._own}/{self.first}")
        for _ in range(2):
            self._request(self._own)
        self._list(2)
        self._clock.advance(1)
        self._poll(self._own, self.first)
        for path in self._elsewhere:
            self._request(path)
        if self._edition == "2026-11":
            for query in ((_STUDY,), (_FROM,), (_TO,), (_FROM, _TO), (_TO, ("from", _TO[1]))):
                self._poll(self._own, self._request(self._own, *query))
                self._request(self._own, *query)
                self._list()
        self._poll(self._own, self.first)

    def _complete(self) -> None:
        self._clock.advance(3)
        self._poll(self._own, self.first, 4)
        self._with_bad_credentials("GET", f"{self._own}/{self.first}")
        self._list(4)
        self.second = self._request(self._own)
        self._poll(self._own, self.first, 2)
        self._poll(self._own, self.second)
        self._list()
        self.third = self._request(self._own, _STUDY)
        self._list()
        self._clock.advance(4)
        for export_id in (self.first, self.second, self.third):
            self._poll(self._own, export_id, 2)
        for url in self._urls[:1] + self._urls[-1:]:
            self._fetch(url)
        self._request(self._own)
        self._clock.advance(20)
        self._list()
        for export_id in (self.first, self.second):
            self._poll(self._own, export_id, 2)
        for url in self._urls[:1]:
            self._fetch(url)

    def _deleted(self) -> None:
        if self._edition == "2026-03":
            return
        path = f"{self._own}/{self.first}"
        self._with_bad_credentials("DELETE", path)
        for other in self._elsewhere:
            self.ask("DELETE", f"{other}/{self.first}")
        self.ask("DELETE", path)
        self.ask("DELETE", path)
        for _ in range(4):
            self.ask("GET", path)
            self._list()
        for _ in range(2):
            self._request(self._own)
        self.ask("DELETE", f"{self._own}/{self.second}")
        self.ask("DELETE", f"{self._own}/{self.second}")
        self._list()

    def _expired(self) -> None:
        self.ask("GET", "/store/exports/unknown.zip", authorization=None)
        # One URL of each job, some of which were deleted.
        urls = list({urlsplit(url).path: url for url in self._urls}.values())
        for url in urls:
            parts = urlsplit(url)
            self.ask("GET", parts.path, tuple(parse_qsl(parts.query)))
        self._clock.advance(25 * 3600)
        for url in urls:
            self._fetch(url)
