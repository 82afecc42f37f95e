"""The response fixtures, read strictly: conformance/fixtures/README.md says what is in them."""

import base64
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, TypeAlias

import httpx
from attrs import frozen
from prolific_contract.spec import EDITIONS

from helpers import api

FOLDER = Path(__file__).parents[1] / "conformance" / "fixtures"

REFUSALS = frozenset(
    {"operation", "status", "content type", "encoding", "json", "schema", "discriminator"}
)
_RESULTS = ("state", "jobs", "deleted", "error")
_BODIES = frozenset({"json", "text", "base64"})

Wrapper: TypeAlias = Mapping[str, Any]


class FixtureError(Exception):
    """A fixture file is not as the README has it."""


@frozen
class ResponseFixture:
    """One response, and what is to be made of it.

    Attributes:
        name: Its file below the folder, without the suffix.
        operations: Those that may be answered so: method and path as in the contract.
        body: What is sent, byte for byte.
        json: The body as a value; None where it is no JSON.
        allowed_in: Editions whose contract allows the response.
        refused_for: Why the contract of all editions refuses it, or that of the
            editions that are not in ``allowed_in``.
        wrapper: The state, the jobs, the deletion or the error that the wrapper makes of it.
    """

    name: str
    operations: tuple[str, ...]
    status: int
    headers: Mapping[str, str]
    body: bytes
    json: Any
    allowed_in: tuple[str, ...]
    refused_for: str | None
    wrapper: Wrapper

    @property
    def is_allowed(self) -> bool:
        """Whether the contract of all editions together allows it."""
        return bool(self.allowed_in)

    def response(self) -> httpx.Response:
        """It, fresh: a response can be read once."""
        return httpx.Response(self.status, headers=dict(self.headers), content=self.body)


@frozen
class Exchange:
    """A fixture as the answer of one operation."""

    fixture: ResponseFixture
    operation: str

    @property
    def method(self) -> str:
        return self.operation.partition(" ")[0]

    @property
    def path(self) -> str:
        return self.operation.partition(" ")[2]

    @property
    def kind(self) -> str:
        return "batch" if "{batch_id}" in self.path else "collection"

    @property
    def url(self) -> str:
        """Where the request that it answers goes."""
        of_job = self.path.endswith("{export_id}")
        return api.get_url(self.kind) if of_job else api.post_url(self.kind)

    @property
    def action(self) -> str:
        """What the operation does: ``request``, ``list``, ``status`` or ``delete``."""
        if self.method == "GET":
            return "status" if self.path.endswith("{export_id}") else "list"
        return {"POST": "request", "DELETE": "delete"}[self.method]

    def __str__(self) -> str:
        return f"{self.fixture.name}-{self.action}-{self.kind}"


def load_fixtures(folder: Path = FOLDER) -> list[ResponseFixture]:
    """Every fixture, by name.

    Raises:
        FixtureError: A file is not as it should be.
    """
    return [read_fixture(path, folder) for path in sorted(folder.rglob("*.json"))]


def exchanges(fixtures: list[ResponseFixture]) -> Iterator[Exchange]:
    """Every fixture with every operation that it may answer."""
    for fixture in fixtures:
        for operation in fixture.operations:
            yield Exchange(fixture, operation)


def read_fixture(path: Path, folder: Path) -> ResponseFixture:
    """The fixture in a file.

    Raises:
        FixtureError: It is not as it should be: a misspelt key would test nothing.
    """
    name = path.relative_to(folder).with_suffix("").as_posix()
    data = json.loads(path.read_text(encoding="utf-8"))
    keys = {"what", "source", "operations", "response", "contract", "wrapper"}
    _demand(set(data) == keys, name, f"has the keys {sorted(data)}, not {sorted(keys)}")
    answer, contract, wrapper = data["response"], data["contract"], data["wrapper"]
    bodies = set(answer) & _BODIES
    _demand(
        {"status", "headers"} == set(answer) - bodies and len(bodies) <= 1,
        name,
        "needs a status, headers and at most one body",
    )
    allowed_in, refused_for = contract["allowed_in"], contract.get("refused_for")
    _demand(set(allowed_in) <= set(EDITIONS), name, f"names an edition beyond {EDITIONS}")
    _demand(
        refused_for in REFUSALS if len(allowed_in) < len(EDITIONS) else refused_for is None,
        name,
        "says why it is refused exactly when an edition refuses it",
    )
    results = [result for result in _RESULTS if result in wrapper]
    _demand(len(results) == 1, name, f"needs one of {', '.join(_RESULTS)}")
    return ResponseFixture(
        name=name,
        operations=tuple(data["operations"]),
        status=answer["status"],
        headers=answer["headers"],
        body=_body(answer),
        json=answer.get("json"),
        allowed_in=tuple(allowed_in),
        refused_for=refused_for,
        wrapper=wrapper,
    )


def _body(answer: Mapping[str, Any]) -> bytes:
    if "json" in answer:
        return json.dumps(answer["json"], ensure_ascii=False).encode()
    if "text" in answer:
        return str(answer["text"]).encode()
    return base64.b64decode(answer.get("base64", ""), validate=True)


def _demand(condition: bool, name: str, what: str) -> None:
    if not condition:
        raise FixtureError(f"{name}.json {what}.")
