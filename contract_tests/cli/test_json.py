"""``--json`` of every command, its schemas, and samples of what it printed before."""

import json
from pathlib import Path

import pytest
from archive.builders import collection_members, write_zip
from helpers import api
from helpers.json_schemas import check_document, check_sample, closed
from jsonschema_rs import Draft202012Validator
from prolific_exports._cli._parser import build_parser
from prolific_exports._cli._schemas import SCHEMAS

SAMPLES = Path(__file__).parent / "samples"
WORKSPACE = "64d0c0de00000000000000aa"
# The conditions of a filter, each only if it is set.
FILTER = {"study_id", "from", "to"}
PLACE = [api.COLLECTION, api.EXPORT_ID]
# A command line for each document that needs no answer of a server but an error.
ASKING = {
    "batches": ["--workspace", WORKSPACE],
    "codebook": ["collection", api.COLLECTION],
    "collections": ["--workspace", WORKSPACE],
    "delete": ["collection", *PLACE],
    "download": ["collection", api.COLLECTION],
    "list": ["collection", api.COLLECTION],
    "status": ["collection", *PLACE],
    "sync": ["data"],
    "whoami": [],
    "workspaces": [],
}
READING = {
    "extract": ["none.zip", "data"],
    "show": ["none.zip"],
    "table": ["none.zip", "out.csv"],
}
# They print text that is not about data.
WITHOUT_DOCUMENT = {"completion", "man", "mcp", "schema"}


def commands():
    """The names of all subcommands."""
    (action,) = (one for one in build_parser()._actions if isinstance(one.choices, dict))
    return set(action.choices)


def errors_in(document):
    """The error objects of a document: its own, and those of single results."""
    own = [document["error"]]
    return [one for one in own + [e["error"] for e in document.get("results", ())] if one]


def objects(schema):
    """The schemas of objects in a schema."""
    if isinstance(schema, list):
        for one in schema:
            yield from objects(one)
    elif isinstance(schema, dict):
        if "properties" in schema:
            yield schema
        for one in schema.values():
            yield from objects(one)


def test_every_command_has_a_schema():
    assert set(SCHEMAS) == (commands() - WITHOUT_DOCUMENT) | {"error", "codebook_file"}
    for name in SCHEMAS:
        assert build_parser().parse_args(["schema", name]).name == name


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_is_valid_and_requires_every_member(name):
    schema = SCHEMAS[name]
    Draft202012Validator(schema)
    for one in objects(schema):
        names = set(one["properties"])
        assert set(one.get("required", ())) == (set() if names == FILTER else names)
        assert "additionalProperties" not in one


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_command_prints_the_schema(cli, name):
    outcome = cli("schema", name)
    assert (outcome.code, outcome.err) == (0, "")
    assert json.loads(outcome.out) == SCHEMAS[name]


def test_schema_command_without_a_name_prints_all(cli):
    assert cli("schema").json == {"schemas": dict(SCHEMAS)}
    assert cli("--json", "schema", "--json").json == {"schemas": dict(SCHEMAS)}


def test_schema_of_no_command_is_wrong_usage(cli):
    outcome = cli("schema", "upload")
    assert (outcome.code, outcome.out) == (2, "")
    assert "choose from 'batches'" in outcome.err


@pytest.mark.parametrize("name", [*ASKING, *READING])
@pytest.mark.parametrize("position", ["before", "after"])
def test_error_is_one_document_with_every_member_in_any_position(cli, router, name, position):
    if name == "sync":
        pytest.importorskip("deltalake", reason="the extra sync is not installed")
    router.route(url__startswith=api.BASE).mock(return_value=api.error(403))
    router["definition"].mock(return_value=api.error(403))
    arguments = [name, *(ASKING | READING)[name]]
    outcome = cli("--json", *arguments) if position == "before" else cli(*arguments, "--json")
    document = json.loads(outcome.out)
    check_document(name, document)
    (error,) = errors_in(document)
    assert outcome.code == 1
    assert outcome.err.count("\n") == 1
    if name in READING:
        assert (error["type"], error["ref"]) == ("ArchiveError", None)
        return
    assert (error["type"], error["status"], error["code"]) == ("AccessDeniedError", 403, 140000)
    assert error["hint"].startswith("Ask for access to it")
    assert error["retryable"] is False
    assert error["operation"].startswith("DELETE " if name == "delete" else ("GET ", "POST "))


@pytest.mark.parametrize("name", [*ASKING, *READING, "login", "logout"])
@pytest.mark.parametrize("position", ["before", "after"])
def test_wrong_usage_is_one_document_of_the_command(cli, name, position):
    arguments = [name, "--colour", "red"]
    outcome = cli("--json", *arguments) if position == "before" else cli(*arguments, "--json")
    document = json.loads(outcome.out)
    check_document(name, document)
    assert outcome.code == 2
    assert document["error"]["type"] == "CommandLineError"
    assert document["error"]["hint"] == f"See: prolific-exports {name} --help"


@pytest.mark.parametrize("arguments", [["--json"], ["--json", "upload"], ["upload", "--json"]])
def test_wrong_usage_without_a_command_is_a_document_of_the_error(cli, arguments):
    outcome = cli(*arguments)
    document = json.loads(outcome.out)
    check_document("error", document)
    assert outcome.code == 2
    assert document["error"]["type"] == "CommandLineError"


def test_json_after_two_dashes_is_an_argument(cli):
    outcome = cli("show", "--", "--json")
    assert (outcome.code, outcome.out) == (1, "")


@pytest.mark.parametrize(
    ("answer", "kind", "retryable", "retry_after"),
    [
        (api.error(401), "AuthenticationError", False, None),
        (api.error(404), "NotFoundError", False, None),
        (api.error(405), "UnsupportedError", False, None),
        (api.error(429, **{"Retry-After": "9"}), "RateLimitedError", True, 9.0),
        (api.error(500), "ServerError", True, None),
        (api.jobs({"export_id": 7}), "ContractViolation", False, None),
    ],
)
def test_error_says_whether_to_try_again(cli, router, answer, kind, retryable, retry_after):
    router.route(url__startswith=api.BASE).mock(return_value=answer)
    error = cli("list", "batch", api.BATCH, "--json").json["error"]
    assert error["type"] == kind
    assert (error["retryable"], error["retry_after"]) == (retryable, retry_after)
    assert error["hint"]
    assert error["ref"] == {"kind": "batch", "id": api.BATCH, "export_id": None, "filter": None}


def test_error_of_a_filtered_export_names_the_filter(cli, router):
    router.route(url__startswith=api.BASE).mock(return_value=api.error(403))
    arguments = ("batch", api.BATCH, "--study-id", "65a1", "--from", "2026-03-01Z", "--json")
    (result,) = cli("download", *arguments).json["results"]
    assert result["error"]["ref"]["filter"] == {
        "study_id": "65a1",
        "from": "2026-03-01T00:00:00Z",
    }


def test_error_of_a_list_names_the_workspace(cli, router):
    router.route(url__startswith=api.BASE).mock(return_value=api.error(500))
    error = cli("batches", "--workspace", WORKSPACE, "--json").json["error"]
    assert error["ref"] == {"kind": "batch", "workspace_id": WORKSPACE}


def test_delete_json_has_each_deletion(cli, router):
    first, second = api.job_ids(2)
    router.delete(api.get_url("batch", first)).mock(return_value=api.error(409))
    router.delete(api.get_url("batch", second)).respond(204)
    outcome = cli("delete", "batch", api.BATCH, first, second, "--json")
    assert outcome.code == 1
    (failed, deleted) = outcome.json["results"]
    assert (failed["export_id"], failed["deleted"]) == (first, False)
    assert failed["error"]["type"] == "ConflictError"
    assert deleted == {
        "id": api.BATCH,
        "export_id": second,
        "outcome": "deleted",
        "deleted": True,
        "error": None,
    }


def test_delete_interrupt_keeps_what_was_deleted(cli, router):
    def interrupted(_):
        raise KeyboardInterrupt

    first, second = api.job_ids(2)
    router.delete(api.get_url("batch", first)).respond(204)
    router.delete(api.get_url("batch", second)).mock(side_effect=interrupted)
    outcome = cli("delete", "batch", api.BATCH, first, second, "--json")
    assert outcome.code == 130
    assert [one["export_id"] for one in outcome.json["results"]] == [first]
    assert outcome.json["error"]["type"] == "KeyboardInterrupt"


def test_table_json_counts_rows_and_has_the_checksum(cli, folder, clock):
    write_zip(folder / "export.zip", collection_members())
    table = cli("table", "export.zip", "out.jsonl", "--json", "--quiet").json["table"]
    assert (table["path"], table["rows"], table["seconds"]) == ("out.jsonl", 2, 0.0)
    assert len(table["sha256"]) == 64


def test_table_that_cannot_be_read_again_has_no_checksum(cli, folder, monkeypatch):
    write_zip(folder / "export.zip", collection_members())
    monkeypatch.setattr("hashlib.file_digest", _denied)
    table = cli("table", "export.zip", "out.jsonl", "--json").json["table"]
    assert (table["rows"], table["sha256"]) == (2, None)


def _denied(*_):
    raise PermissionError(13, "Permission denied")


def test_table_on_stdout_leaves_no_room_for_json(cli, folder):
    write_zip(folder / "export.zip", collection_members())
    outcome = cli("table", "export.zip", "-", "--json")
    assert outcome.code == 2
    assert "leave out --json" in outcome.json["error"]["message"]


def test_archive_without_records_has_no_number_of_them(cli, router, folder):
    empty = write_zip(folder / "x.zip", {"a/files/x.txt": b""}).read_bytes()
    router.get(api.get_url("batch")).mock(return_value=api.complete())
    router.get(url__startswith=api.STORE).mock(return_value=api.stored(empty))
    arguments = ("batch", api.BATCH, "--export-id", api.EXPORT_ID, "--no-verify", "--json")
    (result,) = cli("download", *arguments).json["results"]
    assert (result["status"], result["records"]) == ("saved", None)


def samples():
    return sorted(SAMPLES.glob("*.json"))


def test_every_document_has_a_sample():
    assert {path.name.split("-")[0].removesuffix(".json") for path in samples()} == set(SCHEMAS)


@pytest.mark.parametrize("path", samples(), ids=lambda path: path.stem)
def test_sample_still_fits_the_schema(path):
    """A member that is gone, renamed or of another type needs a new version."""
    check_sample(path.stem.split("-")[0], json.loads(path.read_text("utf-8")))


def test_closed_schema_refuses_members_that_it_does_not_name():
    schema = closed(SCHEMAS["error"])
    assert not Draft202012Validator(schema).is_valid({"version": 1, "error": None, "new": 1})
