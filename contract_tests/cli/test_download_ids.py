"""Where ``download`` gets its ids from: a workspace, stdin, a file, addresses."""

import io
import json
import sys

import httpx
import pytest
from helpers import api

A, B = ("65f0c1d2e3a4b5c6d7e8f90" + letter for letter in "ab")
WORKSPACE = "64d0c0de00000000000000aa"
ROOT = f"{api.BASE}/api/v1/data-collection"
SECRET = "s3cret"


@pytest.fixture
def ready(router):
    """Exports of A and B are complete after a moment, as a collection and as a batch."""
    for plural in ("collections", "batches"):
        for one in (A, B):
            router.post(f"{ROOT}/{plural}/{one}/export").mock(return_value=api.generating())
            path = f"{ROOT}/{plural}/{one}/export/{api.EXPORT_ID}"
            router.get(path).mock(return_value=api.complete())
    router.get(url__startswith=api.STORE).mock(return_value=api.stored())


@pytest.fixture
def listed(router):
    """Serves the list of collections or batches of the workspace."""

    def listed(plural, *ids, count=None):
        meta = {"count": len(ids) if count is None else count}
        body = {"results": [{"id": one} for one in ids], "meta": meta}
        path = f"{ROOT}/{plural}"
        return router.get(path).mock(return_value=httpx.Response(200, json=body))

    return listed


@pytest.fixture
def stdin(monkeypatch):
    def stdin(text):
        data = text if isinstance(text, bytes) else text.encode()
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(data)))

    return stdin


def downloaded(outcome):
    return [result["id"] for result in outcome.json["results"]]


@pytest.mark.parametrize(("kind", "plural"), [("collection", "collections"), ("batch", "batches")])
def test_workspace_downloads_everything_it_lists(cli, folder, ready, listed, kind, plural):
    route = listed(plural, B, A)
    options = ("--workspace", WORKSPACE, "-o", "out", "--no-verify")
    outcome = cli("download", kind, *options, "--json")
    assert (outcome.code, downloaded(outcome)) == (0, [B, A])
    assert route.calls.last.request.url.params["workspace_id"] == WORKSPACE
    assert outcome.err.startswith(f"workspace {WORKSPACE}: 2 {plural}\n")
    assert len(list((folder / "out").glob("*.zip"))) == 2


def test_workspace_with_one_collection_is_saved_to_a_folder(cli, folder, ready, listed):
    listed("collections", A)
    options = ("--workspace", WORKSPACE, "-o", "out", "--extract", "data", "--quiet")
    outcome = cli("download", "collection", *options)
    assert (outcome.code, outcome.err) == (0, "")
    assert (folder / "out").is_dir()
    assert (folder / "data" / A / "responses.jsonl").exists()


def test_empty_workspace_is_an_error(cli, listed):
    listed("collections")
    outcome = cli("download", "collection", "--workspace", WORKSPACE, "--json")
    assert outcome.code == 1
    assert outcome.json["error"]["type"] == "NothingFoundError"
    assert outcome.err == (
        f"prolific-exports: error: Workspace {WORKSPACE} has no collections, so there is nothing "
        "to download.\n"
    )


def test_incomplete_list_of_a_workspace_downloads_nothing(cli, router, ready, listed):
    listed("collections", A, count=2)
    outcome = cli("download", "collection", "--workspace", WORKSPACE, "--json")
    assert outcome.code == 1
    assert outcome.json["results"] == []
    assert outcome.json["error"]["type"] == "IncompleteListError"
    assert "POST" not in {call.request.method for call in router.calls}


def test_retries_of_the_list_are_shown(cli, router, ready):
    body = {"results": [{"id": A}], "meta": {"count": 1}}
    answers = [httpx.Response(503), httpx.Response(200, json=body)]
    router.get(f"{ROOT}/collections").mock(side_effect=answers)
    outcome = cli("download", "collection", "--workspace", WORKSPACE)
    assert outcome.code == 0
    assert outcome.err.startswith(f"workspace {WORKSPACE}: retrying in ")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ([A, "--workspace", WORKSPACE], "leave out the ids or --workspace"),
        (["--workspace", "a b"], "'a b' is not the id of a workspace"),
        (["--workspace", WORKSPACE, "--export-id", api.EXPORT_ID], "--export-id names the export"),
        (["--workspace", WORKSPACE, "--table", "x.zip"], "x.zip"),
    ],
)
def test_wrong_usage_of_a_workspace_sends_nothing(cli, router, options, message):
    outcome = cli("download", "collection", *options)
    assert outcome.code == 2
    assert message in outcome.err
    assert not router.calls


def test_ids_that_cannot_be_told_apart_are_refused_after_the_list(cli, router, listed):
    listed("collections", "abc", "ABC")
    outcome = cli("download", "collection", "--workspace", WORKSPACE)
    assert outcome.code == 2
    assert "differ only in upper and lower case" in outcome.err
    assert "POST" not in {call.request.method for call in router.calls}


TEXT = f"# all of them\n{A}  {B}\t{A} # twice\n\n  #{A[:-1]}c\n"


@pytest.mark.parametrize(
    "data",
    [
        TEXT.encode(),
        TEXT.replace("\n", "\r\n").encode(),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        b"\xfe\xff" + TEXT.encode("utf-16-be"),
        f"https://app.prolific.com/{A}#tab https://app.prolific.com/x/{B}/?a=b".encode(),
    ],
)
def test_ids_are_read_from_stdin_and_files(cli, folder, ready, stdin, data):
    stdin(data)
    outcome = cli("download", "collection", "-", "--json", "-o", "out")
    assert (outcome.code, downloaded(outcome)) == (0, [A, B])
    (folder / "ids.txt").write_bytes(data)
    outcome = cli("download", "batch", B, "@ids.txt", "--json", "-o", "other")
    assert (outcome.code, downloaded(outcome)) == (0, [B, A])


def test_file_in_the_home_folder_is_read(cli, folder, ready, monkeypatch):
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("USERPROFILE", str(folder))
    (folder / "ids.txt").write_text(A)
    assert downloaded(cli("download", "collection", "@~/ids.txt", "--json")) == [A]


@pytest.mark.parametrize("text", ["", "\n \n", "# none\n"])
def test_empty_list_is_wrong_usage(cli, folder, router, stdin, text):
    stdin(text)
    outcome = cli("download", "collection", "-")
    assert outcome.code == 2
    assert "stdin contains no id: give the id of a collection on each line." in outcome.err
    (folder / "ids.txt").write_text(text)
    assert "ids.txt contains no id" in cli("download", "batch", "@ids.txt").err
    assert not router.calls


def test_malformed_id_in_a_list_is_named_with_its_line(cli, folder, router):
    (folder / "ids.txt").write_text(f"{A}\n\n{B} no/id\n")
    outcome = cli("download", "collection", "@ids.txt", "--json")
    assert outcome.code == 2
    message = outcome.json["error"]["message"]
    assert message.startswith("ids.txt, line 3: 'no/id' is not the id of a collection")
    assert not router.calls


def test_file_that_cannot_be_read_is_wrong_usage(cli, folder):
    outcome = cli("download", "collection", "@missing.txt")
    assert outcome.code == 2
    assert "Cannot read ids from the file 'missing.txt': No such file" in outcome.err
    assert "Cannot read ids from the file" in cli("download", "collection", "@a\0b").err
    (folder / "image").write_bytes(b"\xff\xd8\xff")
    assert "image is not text" in cli("download", "collection", "@image").err


def test_stdin_that_cannot_be_read_is_wrong_usage(cli, monkeypatch):
    class Broken(io.RawIOBase):
        def readable(self):
            return True

        def readinto(self, buffer):
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BufferedReader(Broken())))
    outcome = cli("download", "collection", "-")
    assert outcome.code == 2
    assert "Cannot read ids from stdin: Input/output error." in outcome.err
    monkeypatch.setattr(sys, "stdin", None)
    assert "There is no stdin" in cli("download", "collection", "-").err


def test_export_id_with_a_list_is_wrong_usage(cli, stdin):
    stdin(A)
    outcome = cli("download", "collection", "-", "--export-id", api.EXPORT_ID)
    assert outcome.code == 2
    assert "--export-id names the export of one collection" in outcome.err


@pytest.mark.parametrize(
    "address",
    [
        f"https://app.prolific.com/researcher/collections/{A}",
        f"https://app.prolific.com/researcher/collections/{A}/",
        f"https://app.prolific.com/researcher/collections/{A}/?tab=1&token={SECRET}",
        f"https://user:{SECRET}@app.prolific.com/{A}#{SECRET}",
        f"app.prolific.com/collections/{A}",
        f" {A}?{SECRET}",
    ],
)
def test_pasted_address_stands_for_its_id(cli, ready, address):
    outcome = cli("download", "collection", address, "--json", "-o", "a.zip")
    assert (outcome.code, downloaded(outcome)) == (0, [A])
    assert SECRET not in outcome.out + outcome.err


@pytest.mark.parametrize(
    "address",
    [
        f"https://app.prolific.com/collections/?token={SECRET}",
        f"https://user:{SECRET}@app.prolific.com/overview#{SECRET}",
        f"overview?{SECRET}",
        f"overview#{SECRET}",
    ],
)
def test_address_without_an_id_is_refused_without_its_secrets(cli, router, address):
    outcome = cli("download", "collection", address, "--json")
    assert outcome.code == 2
    assert "is not the id of a collection" in outcome.err
    assert SECRET not in outcome.out + outcome.err
    assert not router.calls


def test_missing_kind_shows_both_command_lines(cli, router):
    address = f"https://app.prolific.com/{B}?{SECRET}"
    outcome = cli("download", "-o", "my data", A, address, "--json")
    assert outcome.code == 2
    assert outcome.err.splitlines()[-3:] == [
        "prolific-exports: error: KIND is missing: collection or batch? Run one of these:",
        f"  prolific-exports download collection -o 'my data' {A} {B} --json",
        f"  prolific-exports download batch -o 'my data' {A} {B} --json",
    ]
    assert json.loads(outcome.out)["error"]["type"] == "CommandLineError"
    assert SECRET not in outcome.out + outcome.err


@pytest.mark.parametrize(
    "arguments", [["-"], ["@ids.txt"], ["--workspace", WORKSPACE], [api.BATCH, "--quiet"]]
)
def test_missing_kind_of_a_list_shows_both_command_lines(cli, arguments):
    line = " ".join(arguments)
    assert f"  prolific-exports download batch {line}\n" in cli("download", *arguments).err


@pytest.mark.parametrize(
    "arguments",
    [["colection", A], [SECRET], [A, f"--token={SECRET}"], [], [A, "--workspace", WORKSPACE, "x"]],
)
def test_other_mistakes_show_no_command_line(cli, arguments):
    outcome = cli("download", *arguments)
    assert outcome.code == 2
    assert "Run one of these" not in outcome.err
    assert SECRET not in outcome.err
