"""``prolific-exports workspaces``, ``collections`` and ``batches``."""

import httpx
import pytest
from helpers import api

WORKSPACE = "64d0c0de00000000000000aa"
COLLECTION = {
    "id": api.COLLECTION,
    "name": "Meals",
    "created_at": "2026-03-20T08:55:00Z",
    "item_count": 3,
}
BATCH = {
    "id": api.BATCH,
    "name": "Ratings \x1b[31m",
    "status": "READY",
    "created_at": "2026-03-20T08:55:00Z",
    "total_task_count": 12,
}
PATHS = {
    "workspaces": "/api/v1/workspaces/",
    "collections": "/api/v1/data-collection/collections",
    "batches": "/api/v1/data-collection/batches",
}
IN_WORKSPACE = ["--workspace", WORKSPACE]
COMMANDS = [
    ["workspaces"],
    ["collections", *IN_WORKSPACE],
    ["batches", *IN_WORKSPACE],
]


@pytest.fixture
def served(router):
    """Serves a list to the command of that name."""

    def serve(name, *results, count=None, status=200):
        body = {"results": list(results), "meta": {"count": len(results)}}
        if count is not None:
            body["meta"]["count"] = count
        answer = httpx.Response(status, json=body) if status == 200 else api.error(status)
        return router.get(f"{api.BASE}{PATHS[name]}").mock(return_value=answer)

    return serve


def rows(output):
    lines = [line.split("  ") for line in output.splitlines()]
    return [[cell.strip() for cell in line if cell] for line in lines]


def test_workspaces_prints_id_and_title(cli, served):
    served("workspaces", {"id": WORKSPACE, "title": "Lab"}, {"id": "2", "title": None})

    outcome = cli("workspaces")

    assert (outcome.code, outcome.err) == (0, "")
    assert rows(outcome.out) == [["WORKSPACE_ID", "TITLE"], [WORKSPACE, "Lab"], ["2", "-"]]


def test_collections_prints_date_pages_and_name(cli, served):
    route = served("collections", COLLECTION, {"id": "2"})

    outcome = cli("collections", *IN_WORKSPACE)

    assert (outcome.code, outcome.err) == (0, "")
    assert rows(outcome.out) == [
        ["COLLECTION_ID", "CREATED", "PAGES", "NAME"],
        [api.COLLECTION, "2026-03-20 08:55 UTC", "3", "Meals"],
        ["2", "-", "-", "-"],
    ]
    assert route.calls.last.request.url.params["workspace_id"] == WORKSPACE


def test_batches_prints_status_and_tasks_without_control_characters(cli, served):
    served("batches", BATCH, {"id": "2"})

    outcome = cli("batches", *IN_WORKSPACE)

    assert rows(outcome.out) == [
        ["BATCH_ID", "CREATED", "STATUS", "TASKS", "NAME"],
        [api.BATCH, "2026-03-20 08:55 UTC", "READY", "12", "Ratings \\x1b[31m"],
        ["2", "-", "-", "-", "-"],
    ]


def test_json_has_every_field(cli, served):
    served("workspaces", {"id": WORKSPACE, "title": "Lab", "owner": "u1"})
    served("collections", COLLECTION)
    served("batches", BATCH)

    assert cli("workspaces", "--json").json == {
        "workspaces": [{"id": WORKSPACE, "title": "Lab", "description": None}],
        "error": None,
    }
    assert cli("collections", *IN_WORKSPACE, "--json").json == {
        "workspace_id": WORKSPACE,
        "collections": [
            {
                "kind": "collection",
                "id": api.COLLECTION,
                "name": "Meals",
                "status": None,
                "created_at": "2026-03-20T08:55:00+00:00",
                "modified_at": None,
                "counts": {"items": 3},
            }
        ],
        "error": None,
    }
    (batch,) = cli("batches", *IN_WORKSPACE, "--json").json["batches"]
    assert (batch["kind"], batch["status"], batch["counts"]) == ("batch", "READY", {"tasks": 12})


@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_found_leaves_stdout_empty(cli, served, command):
    served(command[0])

    outcome = cli(*command)

    place = "your account" if command[0] == "workspaces" else f"workspace {WORKSPACE}"
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == f"{place} has no {command[0]}.\n"
    assert cli(*command, "--json").json[command[0]] == []


@pytest.mark.parametrize("command", COMMANDS)
def test_entries_before_an_error_are_printed(cli, served, command):
    served(command[0], {"id": "1"}, count=2)

    outcome = cli(*command)
    with_json = cli(*command, "--json")

    assert outcome.code == with_json.code == 1
    assert "the server sent 1 of 2" in outcome.err
    assert len(outcome.out.splitlines()) == 2
    assert [one["id"] for one in with_json.json[command[0]]] == ["1"]
    assert with_json.json["error"]["type"] == "IncompleteListError"


@pytest.mark.parametrize("command", COMMANDS)
def test_error_before_any_entry(cli, served, command):
    served(command[0], status=401)

    outcome = cli(*command)
    with_json = cli(*command, "--json")

    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.count("\n") == 1
    assert with_json.json[command[0]] == []
    assert with_json.json["error"]["type"] == "AuthenticationError"


@pytest.mark.parametrize("command", ["collections", "batches"])
def test_workspace_is_required(cli, command):
    outcome = cli(command, "--json")

    assert outcome.code == 2
    assert "--workspace" in outcome.err
    assert outcome.json[command] == []
    assert outcome.json["error"]["type"] == "UsageError"


def test_unknown_option_of_workspaces_is_wrong_usage(cli):
    outcome = cli("workspaces", "--json", "--all")

    assert outcome.code == 2
    assert outcome.json["workspaces"] == []


def test_invalid_workspace_id_sends_nothing(cli, router):
    assert cli("batches", "--workspace", "a b").code == 2
    assert not router.calls
