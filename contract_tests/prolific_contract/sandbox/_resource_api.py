"""Answers requests about workspaces, collections and batches."""

import re
from collections.abc import Callable, Mapping, Sequence
from math import ceil
from typing import Any, Final

from prolific_contract._vocabulary import PATH_SEGMENTS, Kind
from prolific_contract.sandbox._archive import RATERS_PER_TASK, TASKS_PER_RATER
from prolific_contract.sandbox._authentication import refusal_of
from prolific_contract.sandbox._http import Call, Reply, error_reply, json_reply
from prolific_contract.sandbox._instructions import SandboxInstruction, instructions_of
from prolific_contract.sandbox._questions import STUDIES
from prolific_contract.sandbox._random import SeededChoices
from prolific_contract.sandbox._resources import WORKSPACES, Fate, SandboxResource, SandboxWorkspace
from prolific_contract.sandbox._settings import SandboxSettings

_KINDS: Mapping[str, Kind] = {segment: kind for kind, segment in PATH_SEGMENTS.items()}
# The API accepts paths with and without a final slash (D-21).
_WORKSPACES: Final = re.compile(r"/api/v1/workspaces/?")
_LIST: Final = re.compile(rf"/api/v1/data-collection/({'|'.join(_KINDS)})/?")
_ONE: Final = re.compile(rf"/api/v1/data-collection/({'|'.join(_KINDS)})/([^/]+)/?")
_METHODS: Final = ("GET", "HEAD")
_CREATED: Final = "2026-02-02T09:00:00Z"


class ResourceApi:
    """The operations about the workspaces, collections and batches of one sandbox."""

    def __init__(self, settings: SandboxSettings) -> None:
        self._settings = settings

    def answer(self, call: Call) -> Reply | None:
        """Answer a request; None if it is not about one of these operations."""
        respond = self._operation(call)
        if respond is None:
            return None
        refusal = refusal_of(call, self._settings.token)
        if refusal is not None:
            return refusal
        if call.method not in _METHODS:
            allow = (("Allow", ", ".join(_METHODS)),)
            return error_reply(405, 1, f"{call.method} is not allowed here.", allow)
        return respond()

    def _operation(self, call: Call) -> Callable[[], Reply] | None:
        if _WORKSPACES.fullmatch(call.path):
            return lambda: _page(call, list(map(_workspace, WORKSPACES)))
        listed = _LIST.fullmatch(call.path)
        if listed is not None:
            return lambda: self._list(call, _KINDS[listed[1]])
        one = _ONE.fullmatch(call.path)
        return None if one is None else lambda: self._one(_KINDS[one[1]], one[2])

    def _list(self, call: Call, kind: Kind) -> Reply:
        workspace = dict(call.query).get("workspace_id")
        if not workspace:
            return error_reply(400, 1, {"workspace_id": ["This parameter is required."]})
        if workspace not in {one.id for one in WORKSPACES}:
            return error_reply(404, 1, "No workspace has this id.")
        resources = [
            resource
            for resource in self._settings.resources
            if (resource.kind, resource.workspace_id) == (kind, workspace)
            and resource.fate is not Fate.FORBIDDEN
        ]
        return _page(call, list(map(self._listed, resources)))

    def _one(self, kind: Kind, resource_id: str) -> Reply:
        resource = self._settings.resource(kind, resource_id)
        if resource is None or resource.fate is Fate.FORBIDDEN:
            return error_reply(404, 1, f"No {kind} has this id.")
        return json_reply(200, self._described(resource))

    def _listed(self, resource: SandboxResource) -> dict[str, Any]:
        described = self._described(resource)
        if resource.kind == "batch":
            del described["batch_items"]
        return described

    def _described(self, resource: SandboxResource) -> dict[str, Any]:
        draw = SeededChoices(self._settings.seed, resource.kind, resource.id, "description")
        study = STUDIES[resource.kind].name
        common: dict[str, Any] = {
            "id": resource.id,
            "name": study,
            "workspace_id": resource.workspace_id,
            "created_at": _CREATED,
            "created_by": draw.object_id(),
            "task_details": {
                "task_name": study,
                "task_introduction": "You answer some questions.",
                "task_steps": "Read each question, then answer it.",
            },
        }
        if resource.kind == "collection":
            return {**common, **self._collection(resource, common["created_by"], draw)}
        return {**common, **self._batch(resource, draw)}

    def _collection(
        self, resource: SandboxResource, created_by: str, draw: SeededChoices
    ) -> dict[str, Any]:
        created = {"created_at": _CREATED, "created_by": created_by}
        items = [
            {
                **instruction.in_api(),
                **created,
                "order": order,
                "parent_id": resource.id,
                "parent_type": "collection",
            }
            for order, instruction in enumerate(self._instructions(resource))
        ]
        page = {"id": draw.uuid(), **created, "schema_version": 1, "page_items": items}
        return {"schema_version": 1, "item_count": 1, "collection_items": [page]}

    def _batch(self, resource: SandboxResource, draw: SeededChoices) -> dict[str, Any]:
        instructions = self._instructions(resource)
        tasks = ceil(self._settings.submissions / RATERS_PER_TASK) * TASKS_PER_RATER
        column = {"items": [instruction.in_api() for instruction in instructions]}
        return {
            "schema_version": 4,
            "status": "READY",
            "auto_sync_enabled": False,
            "total_task_count": tasks,
            "total_task_groups": ceil(tasks / TASKS_PER_RATER),
            "total_instruction_count": len(instructions),
            "datasets": [
                {"id": draw.uuid(), "filename": "replies.csv", "total_datapoint_count": tasks}
            ],
            "batch_items": [{"rows": [{"columns": [column]}]}],
        }

    def _instructions(self, resource: SandboxResource) -> Sequence[SandboxInstruction]:
        return instructions_of(resource.kind, resource.id, self._settings.seed)


def _workspace(workspace: SandboxWorkspace) -> dict[str, Any]:
    return {
        "id": workspace.id,
        "title": workspace.title,
        "description": workspace.description,
    }


def _page(call: Call, results: list[dict[str, Any]]) -> Reply:
    """The part of a list that ``limit`` and ``offset`` select, with the length of the whole."""
    query = dict(call.query)
    problems: dict[str, list[str]] = {}

    def number(name: str, least: int, default: int) -> int:
        text = query.get(name, str(default))
        if not (text.isascii() and text.isdigit() and int(text) >= least):
            problems[name] = [f"It must be an integer of {least} or more."]
            return default
        return int(text)

    offset = number("offset", 0, 0)
    limit = number("limit", 1, max(1, len(results)))
    if problems:
        return error_reply(400, 2, problems)
    body = {"results": results[offset : offset + limit], "meta": {"count": len(results)}}
    return json_reply(200, body)
