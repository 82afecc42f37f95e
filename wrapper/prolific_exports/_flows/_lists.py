"""Read the server's lists of workspaces, collections and batches, page by page."""

from collections.abc import Mapping
from typing import Any, Final, Generic, TypeAlias, TypeVar

from attrs import define, field, frozen

from prolific_exports._errors import IncompleteListError
from prolific_exports._flows._boundary import resources_request
from prolific_exports._flows._calls import Caller, Context, raise_cause_on_timeout
from prolific_exports._flows._effects import ApiReply, Flow, Request
from prolific_exports._flows._policy import Policy
from prolific_exports._flows._reply_reader import ReplyReader
from prolific_exports._model._listed_resources import ListRef, Resource, Workspace
from prolific_exports._model._redactor import Redactor
from prolific_exports._model._references import Kind
from prolific_exports._model._timestamps import utc_moment

PAGE_LENGTH: Final = 200
"""Entries of a page: the default of the official clients."""

ListedResource: TypeAlias = Workspace | Resource
T = TypeVar("T", bound=ListedResource)

# Counts as the server names them, and as `Resource.counts` does.
_COUNTS: Final = {
    "item_count": "items",
    "total_task_count": "tasks",
    "total_task_groups": "task_groups",
    "total_instruction_count": "instructions",
}


@frozen
class _Page:
    """The entries of one response.

    Attributes:
        entries: In the server's order.
        count: Length of the whole list; None if the server does not send it.
        reader: Describes the response in an error.
    """

    entries: tuple[ListedResource, ...]
    count: int | None
    reader: "_PageReader"


@define
class Pages(Generic[T]):
    """The pages of one list, read as they are needed.

    A server may ignore ``limit`` and ``offset``, or send pages of its own length. So the offset
    of a page is the number of entries before it, entries are recognised by their id, and a page
    without new entries is the last.

    Attributes:
        ref: The list.
        entry: The type of its entries.
        done: Whether all entries were read.
    """

    ref: ListRef
    entry: type[T]
    done: bool = field(default=False, init=False)
    _seen: set[str] = field(factory=set, init=False)

    def read(self, context: Context, policy: Policy) -> Flow[tuple[T, ...]]:
        """The entries of the next page that no earlier page had.

        Raises:
            IncompleteListError: The pages have fewer entries than the server counts.
            ApiError, ContractViolation, NoAnswerError: The call failed.
        """
        # No official client pages the list of batches, so its first request has no parameters.
        limit = None if self.ref.kind == "batch" and not self._seen else PAGE_LENGTH
        request = resources_request(self.ref, limit=limit, offset=len(self._seen) or None)
        call = Caller.start(context, policy).call(request, _interpret_page)
        page = (yield from raise_cause_on_timeout(call)).value
        entries = [one for one in page.entries if isinstance(one, self.entry)]
        new = {one.id: one for one in entries if one.id not in self._seen}
        self._seen.update(new)
        if page.count is None:
            self.done = not new or limit is None or len(entries) < limit
        else:
            self.done = len(self._seen) >= page.count
            if not (new or self.done):
                raise page.reader.incomplete(len(self._seen), page.count)
        return tuple(new.values())


def _interpret_page(
    request: Request, reply: ApiReply, *, redactor: Redactor, retry_after: float | None
) -> _Page:
    return _PageReader.of_success(request, reply, redactor, retry_after).page()


@frozen
class _PageReader(ReplyReader):
    """Reads a page of a list. Only ids have to be right: the rest serves to recognise entries."""

    def page(self) -> _Page:
        body = self.json()
        results = body.get("results") if isinstance(body, dict) else None
        if not isinstance(results, list):
            raise self.violation("/results", "is missing or not an array")
        read = self._workspace if self.request.ref.kind == "workspace" else self._resource
        entries = []
        for number, item in enumerate(results):
            if not (isinstance(item, dict) and isinstance(item.get("id"), str) and item["id"]):
                raise self.violation(f"/results/{number}/id", "is missing or not a string")
            entries.append(read(item))
        meta = body.get("meta")
        count = meta.get("count") if isinstance(meta, dict) else None
        return _Page(tuple(entries), count if type(count) is int else None, self)

    def _workspace(self, item: Mapping[str, Any]) -> Workspace:
        return Workspace(
            id=item["id"],
            title=self._text(item, "title"),
            description=self._text(item, "description"),
            extra=self.others(item, {"id", "title", "description"}),
        )

    def _resource(self, item: Mapping[str, Any]) -> Resource:
        counts = {name: item[sent] for sent, name in _COUNTS.items() if type(item.get(sent)) is int}
        pages = item.get("collection_items")
        if isinstance(pages, list):
            counts.setdefault("items", len(pages))
        ref = self.request.ref
        return Resource(
            kind="batch" if ref.kind == "batch" else "collection",
            id=item["id"],
            name=self._text(item, "name"),
            status=self._text(item, "status"),
            created_at=utc_moment(item.get("created_at")),
            modified_at=utc_moment(item.get("last_modified_at")),
            counts=counts,
            extra=self.others(
                item, {"id", "name", "status", "created_at", "last_modified_at", *_COUNTS}
            ),
        )

    def _text(self, item: Mapping[str, Any], name: str) -> str | None:
        value = item.get(name)
        return self.redactor.text(value) if isinstance(value, str) else None

    def incomplete(self, received: int, count: int) -> IncompleteListError:
        """The error for a list whose pages have fewer entries than its count."""
        return IncompleteListError(
            f"The list of {self._listed()} is incomplete: the server sent {received} of {count}. "
            f"Try again later, or use the ids that you know. ({self.request.operation})",
            operation=self.request.operation,
            ref=self.request.ref,
            status=self.reply.status,
            pointer="/meta/count",
            excerpt="",
        )

    def _listed(self) -> str:
        ref = self.request.ref
        if ref.kind == "workspace":
            return str(ref)
        return f"{'batches' if ref.kind == 'batch' else 'collections'} in {ref}"


def list_of(kind: Kind, workspace_id: str) -> Pages[Resource]:
    """The collections or batches of a workspace."""
    return Pages(ListRef(kind, workspace_id), Resource)


def list_of_workspaces() -> Pages[Workspace]:
    """The workspaces of the account."""
    return Pages(ListRef("workspace"), Workspace)
