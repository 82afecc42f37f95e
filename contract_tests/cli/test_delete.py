"""``prolific-exports delete`` with exports that conditions choose."""

import io
import json
import sys
from itertools import starmap

import httpx
import pytest
from helpers import api
from helpers.json_schemas import check_document

RUNNING, NEW, FAILED, OLD = api.job_ids(4)
JOBS = [
    (RUNNING, "generating", "2026-03-20T09:59:00Z"),
    (NEW, "complete", "2026-03-20T08:00:00Z"),
    (FAILED, "failed", "2026-03-19T08:00:00Z"),
    (OLD, "complete", "2026-03-01T08:00:00Z"),
]
WORKSPACE = "64d0c0de00000000000000aa"
OTHER = "65f0c1d2e3a4b5c6d7e8f9ff"
ROOT = f"{api.BASE}/api/v1/data-collection/collections"


class Terminal(io.StringIO):
    """A stream that says that it is a terminal."""

    def isatty(self):
        return True


@pytest.fixture
def refused():
    """What the server answers instead of deleting a job, by its id."""
    return {}


@pytest.fixture
def deletions(router, refused):
    """The ids of the jobs that the server deleted, in order."""
    deleted = []

    def delete(request):
        export_id = request.url.path.rpartition("/")[2]
        if export_id in refused:
            return refused[export_id]
        deleted.append(export_id)
        return httpx.Response(204)

    router.get(api.post_url("collection")).mock(return_value=api.jobs(*starmap(api.listed, JOBS)))
    router.delete(url__startswith=ROOT).mock(side_effect=delete)
    return deleted


@pytest.fixture
def answer(monkeypatch):
    """Answers the question, on a terminal."""

    def reply(text):
        monkeypatch.setattr(sys, "stdin", Terminal(text))
        monkeypatch.setattr(sys.stderr, "isatty", lambda: True)

    return reply


def outcomes(outcome):
    document = json.loads(outcome.out)
    check_document("delete", document)
    return {one["export_id"]: one["outcome"] for one in document["results"]}


@pytest.mark.parametrize(
    ("conditions", "chosen"),
    [
        (["--all"], [NEW, FAILED, OLD]),
        (["--keep", "1"], [FAILED, OLD]),
        (["--keep", "2"], [FAILED]),
        (["--older-than", "7d"], [OLD]),
        (["--older-than", "3h", "--keep", "2"], [FAILED]),
    ],
)
def test_conditions_choose_from_the_list(cli, deletions, conditions, chosen):
    dry = cli("delete", "collection", api.COLLECTION, *conditions, "--dry-run")
    assert (dry.code, dry.out.split(), deletions) == (0, chosen, [])

    outcome = cli("delete", "collection", api.COLLECTION, *conditions, "--yes")

    assert (outcome.code, outcome.out.split(), deletions) == (0, chosen, chosen)
    assert f"skipped export {RUNNING}, which is still being generated" in outcome.err


def test_json_has_the_outcome_of_every_listed_export(cli, refused, deletions):
    arguments = ("delete", "collection", api.COLLECTION, "--keep", "1", "--json")
    planned = cli(*arguments, "--dry-run")
    kept = {RUNNING: "generating", NEW: "kept"}
    assert outcomes(planned) == {**kept, FAILED: "would_delete", OLD: "would_delete"}
    refused |= {FAILED: api.error(500), OLD: api.error(409)}

    outcome = cli(*arguments, "--yes")

    assert outcome.code == 1
    assert outcomes(outcome) == {**kept, FAILED: "failed", OLD: "generating"}
    errors = {one["export_id"]: one["error"] for one in outcome.json["results"]}
    assert errors[FAILED]["type"] == "ServerError"
    assert errors[OLD]["type"] == "ConflictError"
    assert errors[NEW] is None


def test_export_that_generates_again_is_skipped(cli, refused, deletions):
    refused[OLD] = api.error(409)
    outcome = cli("delete", "collection", api.COLLECTION, "--older-than", "2w", "--yes")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err.count(f"skipped export {OLD}") == 1


@pytest.mark.parametrize("reply", ["y\n", " YES \n"])
def test_confirmation_shows_what_is_deleted(cli, deletions, answer, reply):
    answer(reply)
    outcome = cli("delete", "collection", api.COLLECTION, "--keep", "1")
    assert (outcome.code, deletions) == (0, [FAILED, OLD])
    headings, first, second = outcome.err.splitlines()[:3]
    assert headings.split()[:3] == ["COLLECTION_ID", "EXPORT_ID", "STATUS"]
    assert [line.split()[:3] for line in (first, second)] == [
        [api.COLLECTION, FAILED, "failed"],
        [api.COLLECTION, OLD, "complete"],
    ]
    assert outcome.err.splitlines()[-1] == (
        "Delete 2 exports from Prolific, with the archives? This cannot be undone. [y/N]"
    )


@pytest.mark.parametrize("reply", ["n\n", "\n", "", "yep\n"])
def test_other_answer_deletes_nothing(cli, deletions, answer, reply):
    answer(reply)
    outcome = cli("delete", "collection", api.COLLECTION, "--older-than", "7d", "--json")
    assert (outcome.code, deletions) == (1, [])
    assert outcome.err.endswith("[y/N]\nNothing was deleted.\n")
    assert outcomes(outcome)[OLD] == "kept"


def test_nothing_to_delete_asks_nothing(cli, deletions, answer):
    answer("")
    outcome = cli("delete", "collection", api.COLLECTION, "--older-than", "9w")
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err.startswith("No export matches: there is nothing to delete.\n")


def test_without_terminal_exits_with_2_and_sends_nothing(cli, router, deletions, monkeypatch):
    for stdin in (io.StringIO("y\n"), None):
        monkeypatch.setattr(sys, "stdin", stdin)
        outcome = cli("delete", "collection", api.COLLECTION, "--all")
        assert outcome.code == 2
        assert "add --yes to delete, or --dry-run" in outcome.err
    assert not router.calls


def test_workspace_chooses_from_each_collection(cli, router, deletions):
    router.get(ROOT).respond(
        json={"results": [{"id": api.COLLECTION}, {"id": OTHER}], "meta": {"count": 2}}
    )
    router.get(f"{ROOT}/{OTHER}/export").mock(
        return_value=api.jobs(api.listed(api.OTHER_EXPORT_ID, created_at="2026-03-01T00:00:00Z"))
    )
    conditions = ("--workspace", WORKSPACE, "--older-than", "7d", "--yes", "--json")

    document = cli("delete", "collection", *conditions).json

    assert (document["id"], document["workspace_id"]) == (None, WORKSPACE)
    assert deletions == [OLD, api.OTHER_EXPORT_ID]
    ids = {one["export_id"]: one["id"] for one in document["results"]}
    assert (ids[OLD], ids[api.OTHER_EXPORT_ID]) == (api.COLLECTION, OTHER)


def test_list_that_cannot_be_read_deletes_nothing(cli, router, deletions):
    router.get(ROOT).respond(
        json={"results": [{"id": api.COLLECTION}, {"id": OTHER}], "meta": {"count": 2}}
    )
    router.get(f"{ROOT}/{OTHER}/export").mock(return_value=api.error(403))
    arguments = ("delete", "collection", "--workspace", WORKSPACE, "--all", "--yes")
    outcome = cli(*arguments)
    assert (outcome.code, outcome.out, deletions) == (1, "", [])
    assert "No access" in outcome.err
    assert cli(*arguments, "--json").json["error"]["type"] == "AccessDeniedError"


def test_dry_run_of_named_exports_sends_nothing(cli, router):
    outcome = cli("delete", "batch", api.BATCH, NEW, OLD, "--dry-run")
    assert (outcome.code, outcome.out.split(), outcome.err) == (0, [NEW, OLD], "")
    assert not router.calls


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "No export to delete: give the id of a collection and then those"),
        ([OTHER], "No export to delete"),
        (["--workspace", WORKSPACE], "No export to delete"),
        (["--all"], "needs the id of one collection, or --workspace"),
        ([OTHER, "--all", "--workspace", WORKSPACE], "needs the id of one collection"),
        ([OTHER, NEW, "--all"], "leave out their ids, or the options"),
        ([OTHER, "--all", "--keep", "1"], "--all needs no --older-than or --keep"),
        ([OTHER, "--keep", "0"], "--keep 0 keeps nothing: give a number from 1, or --all"),
        ([OTHER, "--keep", "-1"], "--keep -1 keeps nothing"),
        ([OTHER, "--older-than", "soon"], "--older-than 'soon' is not a duration"),
        (["--workspace", "a b", "--all"], "is not the id of a workspace"),
    ],
)
def test_arguments_that_do_not_fit_exit_with_2(cli, router, arguments, message):
    outcome = cli("delete", "collection", *arguments, "--yes")
    assert (outcome.code, outcome.out) == (2, "")
    assert message in outcome.err
    assert not router.calls
