"""The tools for agents, called through the client of the package mcp."""

import asyncio
import json
import os
import sys

import pytest
from mcp import Client, StdioServerParameters
from prolific_exports import ExportArchive, summarise
from prolific_exports._archive._codebook_file import codebook_path
from prolific_exports._mcp import _tools as tools

# The clock of the tools is not that of the server.
pytestmark = pytest.mark.prolific_sandbox(generation_seconds=0)

READING = {
    "list_workspaces",
    "find_resources",
    "list_exports",
    "get_export",
    "list_archives",
    "summarise_archive",
    "codebook",
    "read_rows",
}
ADDING = {"start_export", "download_export"}


def test_tools_without_permission_to_delete_cannot_delete(agent_does):
    async def steps(agent):
        listed = {one.name: one for one in (await agent.client.list_tools()).tools}
        assert set(listed) == READING | ADDING
        assert {name for name, one in listed.items() if one.annotations.read_only_hint} == READING
        assert not any(listed[name].annotations.destructive_hint for name in ADDING)
        assert "delete_export" in await agent.error(
            "delete_export", kind="batch", resource_id="b", export_id="e"
        )

    agent_does(steps)


def test_every_tool_and_argument_is_described(agent_does):
    async def steps(agent):
        for tool in (await agent.client.list_tools()).tools:
            assert len(tool.description) > 30
            for name, schema in tool.input_schema["properties"].items():
                assert schema.get("description"), (tool.name, name)

    agent_does(steps, allow_delete=True)


def test_workspaces_collections_and_batches_are_found(agent_does, prolific_sandbox):
    async def steps(agent):
        first, *_ = (await agent.call("list_workspaces"))["workspaces"]
        for kind in ("collection", "batch"):
            found = await agent.call("find_resources", kind=kind, workspace_id=first["id"])
            assert found["is_complete"] is True
            ids = [one["id"] for one in found["resources"]]
            assert prolific_sandbox.settings.id_of(kind) in ids
            # The rest of a collection repeats all its questions.
            assert all("extra" not in one for one in found["resources"])

    agent_does(steps)


def test_long_list_ends_at_the_limit_and_says_so(agent_does, monkeypatch):
    monkeypatch.setattr(tools, "MOST_ENTRIES", 1)

    async def steps(agent):
        listed = await agent.call("list_workspaces")
        assert (len(listed["workspaces"]), listed["is_complete"]) == (1, False)

    agent_does(steps)


@pytest.mark.parametrize("kind", ["collection", "batch"])
def test_download_saves_an_archive_that_can_be_read(agent_does, prolific_sandbox, folder, kind):
    resource_id = prolific_sandbox.settings.id_of(kind)

    async def steps(agent):
        saved = await agent.call("download_export", kind=kind, resource_id=resource_id)
        archive = ExportArchive.open(folder / saved["archive"])
        assert saved == {
            "kind": kind,
            "resource_id": resource_id,
            "status": "downloaded",
            "archive": archive.path.name,
            "folder": str(folder),
            "size": archive.path.stat().st_size,
            "files": len(archive.files),
        }
        listed = await agent.call("list_archives")
        assert listed == {"folder": str(folder), "archives": [archive.path.name]}

        summary = await agent.call("summarise_archive", archive=archive.path.name)
        expected = summarise(archive)
        assert summary["archive"] == archive.path.name
        assert summary["summary"]["submissions"] == expected.submissions
        assert summary["summary"]["first_created_at"] == expected.first_created_at.isoformat()
        assert len(summary["summary"]["instructions"]) == len(expected.instructions)

        table = archive.table()
        rows = list(table.rows())
        part = await agent.call("read_rows", archive=archive.path.name, offset=1, limit=2)
        assert part["columns"] == list(table.column_names)
        assert [row[0] for row in part["rows"]] == [row[0] for row in rows[1:3]]
        assert part["next_offset"] == 3
        number, offset = 3, part["next_offset"]
        while offset is not None:
            part = await agent.call(
                "read_rows", archive=archive.path.name, offset=offset, limit=1000
            )
            number, offset = number + len(part["rows"]), part["next_offset"]
        assert number == len(rows)

    agent = agent_does(steps)
    assert agent.progress[0].startswith("requested: ")
    assert agent.progress[-1].startswith("saved ")


def test_rows_in_wide_shape_are_one_per_submission(agent_does, prolific_sandbox, folder):
    async def steps(agent):
        saved = await agent.call(
            "download_export", kind="collection", resource_id=prolific_sandbox.collection_id
        )
        archive = ExportArchive.open(folder / saved["archive"])
        wide = await agent.call("read_rows", archive=saved["archive"], shape="wide", limit=1000)
        assert len(wide["rows"]) == summarise(archive).submissions

    agent_does(steps)


def test_codebook_has_the_questions_that_the_download_stored(agent_does, prolific_sandbox, folder):
    async def steps(agent):
        saved = await agent.call(
            "download_export", kind="collection", resource_id=prolific_sandbox.collection_id
        )
        codebook = await agent.call("codebook", archive=saved["archive"])
        stored = json.loads(codebook_path(folder / saved["archive"]).read_text("utf-8"))
        assert codebook == stored | {"next_offset": None}
        assert codebook["source"] == "api"
        rest = await agent.call("codebook", archive=saved["archive"], offset=2)
        assert rest["questions"] == stored["questions"][2:]
        tidy = await agent.call("read_rows", archive=saved["archive"], shape="tidy", limit=1)
        assert any(name.startswith("q1_") for name in tidy["columns"])

    agent_does(steps)


def test_codebook_ends_before_it_fills_the_context_of_a_model(
    agent_does, prolific_sandbox, monkeypatch
):
    monkeypatch.setattr(tools, "MOST_CHARACTERS", 1)

    async def steps(agent):
        saved = await agent.call(
            "download_export", kind="collection", resource_id=prolific_sandbox.collection_id
        )
        part = await agent.call("codebook", archive=saved["archive"], offset=1)
        assert (len(part["questions"]), part["next_offset"]) == (1, 2)

    agent_does(steps)


def test_codebook_that_leads_out_of_the_folder_is_not_read(agent_does, folder, tmp_path):
    (tmp_path / "secret.json").write_text('{"version": 1, "questions": []}', "utf-8")
    folder.mkdir()
    (folder / "data.zip").write_bytes(b"")
    (folder / "data.codebook.json").symlink_to(tmp_path / "secret.json")

    async def steps(agent):
        for tool in ("codebook", "read_rows"):
            message = await agent.error(tool, archive="data.zip")
            assert "data.codebook.json leads out of the allowed folder" in message

    agent_does(steps)


def test_rows_end_before_they_fill_the_context_of_a_model(
    agent_does, prolific_sandbox, monkeypatch
):
    monkeypatch.setattr(tools, "MOST_CHARACTERS", 1)

    async def steps(agent):
        saved = await agent.call(
            "download_export", kind="collection", resource_id=prolific_sandbox.collection_id
        )
        # At least one row, or the agent would never get on.
        part = await agent.call("read_rows", archive=saved["archive"], limit=10)
        assert (len(part["rows"]), part["next_offset"]) == (1, 1)

    agent_does(steps)


@pytest.mark.prolific_sandbox(edition="2026-11")
def test_export_can_be_started_followed_listed_downloaded_and_deleted(agent_does, prolific_sandbox):
    of = {"kind": "batch", "resource_id": prolific_sandbox.batch_id}

    async def steps(agent):
        started = await agent.call("start_export", **of, from_time="2026-01-02")
        export = {**of, "export_id": started["export_id"]}
        assert started == {**export, "status": started["status"]}
        assert started["status"] in {"generating", "complete"}
        (listed,) = (await agent.call("list_exports", **of))["exports"]
        assert listed["export_id"] == started["export_id"]
        assert listed["filter"] == {"from": "2026-01-02T00:00:00Z"}

        saved = await agent.call("download_export", **export, from_time="2026-01-02")
        assert saved["status"] == "downloaded"
        assert await agent.call("get_export", **export) == {**export, "status": "complete"}
        assert await agent.call("delete_export", **export) == {**export, "status": "deleted"}
        assert (await agent.call("list_exports", **of))["exports"] == []
        # Deleting is no reason to lose data.
        assert (await agent.call("list_archives"))["archives"] == [saved["archive"]]
        # All exports have no filter, or one.
        await agent.call("start_export", **of)
        assert (await agent.call("list_exports", **of))["exports"][0]["filter"] is None

    agent_does(steps, allow_delete=True)


@pytest.mark.prolific_sandbox(generation_seconds=60)
def test_export_that_is_not_ready_in_time_can_be_asked_for_again(agent_does, prolific_sandbox):
    of = {"kind": "collection", "resource_id": prolific_sandbox.collection_id}

    async def steps(agent):
        waiting = await agent.call("download_export", **of, wait_seconds=1)
        assert waiting == {**of, "export_id": waiting["export_id"], "status": "generating"}
        again = await agent.call(
            "download_export", **of, export_id=waiting["export_id"], wait_seconds=1
        )
        assert again == waiting

    agent_does(steps)


def test_errors_are_sentences_with_the_next_step(agent_does, prolific_sandbox):
    async def steps(agent):
        message = await agent.error("find_resources", kind="batch", workspace_id="no such one!")
        assert "is not the id of a workspace" in message
        message = await agent.error(
            "start_export", kind="batch", resource_id=prolific_sandbox.forbidden_batch_id
        )
        assert "No access to batch" in message
        message = await agent.error(
            "start_export",
            kind="batch",
            resource_id=prolific_sandbox.batch_id,
            to_time="last week",
        )
        assert "'last week' is not a time with a time zone" in message

    agent_does(steps)


@pytest.mark.parametrize("name", ["../secret.zip", "link.zip", "none.zip", "", ".", "a\0b"])
def test_files_outside_the_allowed_folder_cannot_be_read(agent_does, folder, tmp_path, name):
    secret = tmp_path / "secret.zip"
    secret.write_bytes(b"secret")
    folder.mkdir()
    (folder / "link.zip").symlink_to(secret)

    async def steps(agent):
        for tool in ("summarise_archive", "codebook", "read_rows"):
            assert "in the allowed folder. It has: link.zip." in await agent.error(
                tool, archive=name
            )

    agent_does(steps)


def test_missing_archive_in_an_empty_folder_says_that_there_is_none(agent_does):
    async def steps(agent):
        message = await agent.error("read_rows", archive="x.zip")
        assert message.endswith("No archive 'x.zip' in the allowed folder. It has: none yet.")

    agent_does(steps)


def test_no_result_contains_the_token_even_if_the_server_sends_it(
    agent_does, prolific_sandbox, folder
):
    token = prolific_sandbox.token
    folder.mkdir()
    # A file name is the easiest way for a text of others into a result.
    (folder / f"{token}.zip").write_bytes(b"")

    async def steps(agent):
        await agent.call("list_archives")
        await agent.error("read_rows", archive=f"{token}.zip")
        await agent.error("read_rows", archive=f"no-{token}.zip")
        await agent.error("find_resources", kind="batch", workspace_id=f"64d-{token}")
        await agent.call("list_workspaces")

    assert [text for text in agent_does(steps).texts if token in text] == []


def test_command_serves_the_tools_over_stdio(prolific_sandbox, folder):
    server = StdioServerParameters(
        command=sys.executable,
        args=["-m", "prolific_exports", "mcp", str(folder), "--allow-delete"],
        env={
            **os.environ,
            "PROLIFIC_TOKEN": prolific_sandbox.token,
            "PROLIFIC_URL": prolific_sandbox.url,
        },
    )

    async def steps():
        async with Client(server) as client:
            names = {tool.name for tool in (await client.list_tools()).tools}
            result = await client.call_tool("list_workspaces", {})
            return names, result

    names, result = asyncio.run(steps())
    assert names == READING | ADDING | {"delete_export"}
    assert not result.is_error
    assert json.loads(result.content[0].text)["is_complete"] is True
