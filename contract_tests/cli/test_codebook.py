"""``prolific-exports codebook``, the codebooks of clients and archives, and tables with them."""

import asyncio
import json

import httpx
import pytest
from archive.builders import write_zip
from helpers import api
from helpers.command import main
from helpers.json_schemas import check_document
from helpers.three_jobs import A, B, job_id, url
from prolific_exports import (
    AccessDeniedError,
    ArchiveError,
    AsyncExports,
    Codebook,
    ContractViolation,
    ExportArchive,
    Exports,
    Question,
    ResponseTable,
)
from prolific_exports._archive import _codebook_file as codebook_file
from prolific_exports._model._codebook import from_json, to_json
from prolific_exports.testing import FakeClock

CHOICES = [{"label": "Every day", "value": "daily"}, {"label": "Never"}, "sometimes", 7, {}]
QUESTION = {
    "id": "i1",
    "type": "multiple_choice",
    "description": "How often?",
    "options": [*CHOICES, {"value": "daily"}],
    "answer_limit": 1,
    "required": True,
}
AMOUNT = {"id": "i2", "type": "free_text_with_unit", "unit_options": [{"value": "hours"}]}
# Pages also hold pictures and texts.
COLLECTION = {
    "id": api.COLLECTION,
    "name": "Meals",
    "collection_items": [
        {"id": "p1", "type": "page", "page_items": [QUESTION, {"id": "x"}, None, "text"]},
        {"id": "p2", "page_items": [AMOUNT]},
    ],
}
BATCH = {
    "id": api.BATCH,
    "batch_items": [{"rows": [{"columns": [{"items": [QUESTION]}, {"items": [AMOUNT]}]}]}],
}
QUESTIONS = (
    Question(
        id="i1",
        type="multiple_choice",
        wording="How often?",
        options=("daily", "Never", "sometimes"),
        answer_limit=1,
        required=True,
    ),
    Question(id="i2", type="free_text_with_unit", units=("hours",)),
)
PATHS = {
    "collection": f"/api/v1/data-collection/collections/{api.COLLECTION}",
    "batch": f"/api/v1/data-collection/batches/{api.BATCH}",
}
IDS = {"collection": api.COLLECTION, "batch": api.BATCH}
BODIES = {"collection": COLLECTION, "batch": BATCH}


@pytest.fixture
def served(router):
    def serve(kind, body=None):
        body = BODIES[kind] if body is None else body
        return router["definition"].mock(return_value=httpx.Response(200, json=body))

    return serve


def chosen(*options):
    return {"type": "multiple_choice", "values": list(options)}


@pytest.fixture
def archive(folder):
    """An archive whose answers show less than was asked."""
    records = [
        {"submission_id": f"s{n}", "responses": {"i1": chosen(option)}}
        for n, option in enumerate(("sometimes", "daily", "seldom"))
    ]
    metadata = {"collection_id": "col1", "instructions": [{"id": "i1", "type": "multiple_choice"}]}
    lines = b"".join(json.dumps(one).encode() + b"\n" for one in records)
    members = {"c/responses.jsonl": lines, "c/collection.json": json.dumps(metadata).encode()}
    return write_zip(folder / "data.zip", members)


def test_client_reads_all_questions_of_a_resource(served, kind):
    route = served(kind)
    with Exports("t0ken", base_url=api.BASE) as exports:
        resource = exports.collections if kind == "collection" else exports.batches
        codebook = resource.codebook(IDS[kind])

    async def read():
        async with AsyncExports("t0ken", base_url=api.BASE) as exports:
            resource = exports.collections if kind == "collection" else exports.batches
            return await resource.codebook(IDS[kind])

    assert asyncio.run(read()) == codebook
    assert {call.request.url.path for call in route.calls} == {PATHS[kind]}
    assert codebook.questions == QUESTIONS
    assert (codebook.source, codebook.is_derived) == ("api", False)
    assert (codebook.kind, codebook.resource_id) == (kind, IDS[kind])
    assert codebook.name == BODIES[kind].get("name")
    assert codebook.question("i2") == QUESTIONS[1]
    assert codebook.question("i3") is None


@pytest.mark.parametrize("body", [{}, {"collection_items": "none"}, {"collection_items": [{}]}])
def test_definition_without_questions_is_an_empty_codebook(served, body):
    served("collection", body)
    with Exports("t0ken", base_url=api.BASE) as exports:
        assert exports.collections.codebook(api.COLLECTION).questions == ()


def test_definition_that_is_no_object_is_outside_the_contract(served):
    served("collection", ["x"])
    with (
        Exports("t0ken", base_url=api.BASE) as exports,
        pytest.raises(ContractViolation, match="is not a JSON object"),
    ):
        exports.collections.codebook(api.COLLECTION)


def test_definition_of_others_is_denied(router):
    router["definition"].mock(return_value=api.error(403))
    with (
        Exports("t0ken", base_url=api.BASE) as exports,
        pytest.raises(AccessDeniedError),
    ):
        exports.batches.codebook(api.BATCH)


def test_command_prints_the_questions(cli, served):
    served("collection")
    outcome = cli("codebook", "collection", api.COLLECTION)
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == (
        "Meals\n"
        "\n"
        "q1  How often?\n"
        "    multiple_choice; at most 1; required; id i1\n"
        "    - daily\n"
        "    - Never\n"
        "    - sometimes\n"
        "\n"
        "q2  (no wording)\n"
        "    free_text_with_unit; in hours; id i2\n"
    )


def test_command_prints_json(cli, served, kind):
    served(kind)
    outcome = cli("codebook", kind, IDS[kind], "--json")
    check_document("codebook", json.loads(outcome.out))
    assert from_json(outcome.json["codebook"]).questions == QUESTIONS
    assert outcome.json["path"] is None


def test_command_accepts_the_address_of_a_resource(cli, served):
    served("collection")
    address = f"https://app.prolific.com/researcher/collections/{api.COLLECTION}"
    assert cli("codebook", "collection", address).code == 0


def test_command_stores_the_codebook_and_archives_find_it(cli, served, folder, archive):
    served("collection")
    outcome = cli("codebook", "collection", api.COLLECTION, "-o", "data.codebook.json")
    assert (outcome.code, outcome.out) == (0, "data.codebook.json\n")
    stored = ExportArchive.open(archive).codebook()
    assert (stored.source, stored.questions) == ("api", QUESTIONS)
    assert cli("codebook", "data.zip").out.startswith("Meals\n")

    again = cli("codebook", "collection", api.COLLECTION, "-o", "data.codebook.json")
    assert (again.code, again.out) == (1, "")
    more = ("-o", "data.codebook.json", "--overwrite", "--json")
    assert cli("codebook", "collection", api.COLLECTION, *more).json["path"] == "data.codebook.json"


def test_tidy_table_has_the_options_of_the_stored_codebook_in_their_order(
    cli, served, folder, archive
):
    served("collection")
    cli("codebook", "collection", api.COLLECTION, "-o", "data.codebook.json")
    table = ExportArchive.open(archive).table(shape="tidy")
    # The codebook lacks the last one, which an answer has.
    assert table.to_arrow()["q1_how_often"].type.ordered is False
    [chunk] = table.to_arrow()["q1_how_often"].chunks
    assert chunk.dictionary.to_pylist() == ["daily", "Never", "sometimes", "seldom"]
    assert table.to_arrow()["q1_how_often"].to_pylist() == ["sometimes", "daily", "seldom"]


def test_question_that_the_codebook_lacks_is_as_the_answers_show(folder, archive):
    other = Codebook(source="api", questions=(QUESTIONS[1],))
    codebook_file.write_codebook(other, folder / "data.codebook.json", overwrite=False)
    table = ResponseTable(ExportArchive.open(archive), shape="tidy")
    [chunk] = table.to_arrow()["q1_i1"].chunks
    assert chunk.dictionary.to_pylist() == ["sometimes", "daily", "seldom"]


def test_codebook_of_an_archive_is_derived_and_says_so(cli, archive):
    outcome = cli("codebook", "data.zip")
    assert outcome.code == 0
    assert outcome.err == (
        "derived from the answers in the archive: options that were never chosen are missing\n"
    )
    assert cli("codebook", "data.zip", "--quiet").err == ""
    codebook = ExportArchive.open(archive).codebook()
    assert codebook == Codebook(
        source="archive",
        kind="collection",
        resource_id="col1",
        questions=(
            Question(
                id="i1",
                type="multiple_choice",
                options=("sometimes", "daily", "seldom"),
                answer_limit=1,
            ),
        ),
    )
    assert from_json(json.loads(json.dumps(to_json(codebook)))) == codebook


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{", "it is not JSON"),
        ("[]", "it is not a codebook"),
        ('{"questions": 1, "version": 1}', "members are missing or of another type"),
        ('{"questions": [], "version": 2}', "its version is 2, and only 1 is known"),
        ('{"questions": [], "version": 1}', "members are missing or of another type"),
        ("[" * 100_000, "."),
    ],
    ids=["no JSON", "array", "questions", "version", "members", "deep"],
)
def test_file_that_is_no_codebook_is_an_error_that_says_why(archive, folder, text, reason):
    (folder / "data.codebook.json").write_text(text, "utf-8")
    with pytest.raises(ArchiveError, match=f"cannot be used: .*{reason}.*Write it again"):
        ExportArchive.open(archive).codebook()


def test_stored_question_of_another_type_is_refused(archive, folder):
    document = to_json(Codebook(source="api", questions=QUESTIONS))
    document["questions"][0]["options"] = [1]
    (folder / "data.codebook.json").write_text(json.dumps(document), "utf-8")
    with pytest.raises(ArchiveError, match="members are missing or of another type"):
        ExportArchive.open(archive).codebook()


def test_codebook_beyond_the_limit_is_refused(archive, folder, monkeypatch):
    monkeypatch.setattr(codebook_file, "_MOST_BYTES", 10)
    (folder / "data.codebook.json").write_text("{}" + " " * 9, "utf-8")
    with pytest.raises(ArchiveError, match="it is too large"):
        ExportArchive.open(archive).codebook()


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["collection", "ID", "-o", "-"], 2, "-o needs a file"),
        (["collection", "ID", "-o", "x.zip"], 2, "x.zip"),
        (["some", "thing"], 2, "Name one archive, or KIND and ID"),
        (["none.zip"], 1, "none.zip"),
        (["collection", "no id!"], 2, "is not the id of a collection"),
    ],
)
def test_wrong_arguments_send_nothing(cli, router, arguments, code, message):
    outcome = cli("codebook", *arguments)
    assert (outcome.code, outcome.out) == (code, "")
    assert message in outcome.err
    assert not router.calls


def test_download_reports_the_codebook_in_its_json(cli, ready, folder):
    (result,) = cli("download", "collection", A, "-o", "a.zip", "--json").json["results"]
    assert result["codebook"] == "a.codebook.json"
    check_document("codebook_file", json.loads((folder / "a.codebook.json").read_text("utf-8")))


def test_download_without_access_to_the_questions_says_so_in_one_line(cli, ready, router, folder):
    router["definition"].mock(return_value=api.error(403))
    outcome = cli("download", "collection", A, "-o", "a.zip")
    assert (outcome.code, outcome.out) == (0, "a.zip\n")
    last = outcome.err.splitlines()[-1]
    assert last.startswith(f"collection {A}: saved without its codebook: No access to ")
    outcome = cli("download", "collection", A, "-o", "b.zip", "--json", "--quiet")
    assert (outcome.code, outcome.err) == (0, "")
    (result,) = outcome.json["results"]
    assert (result["status"], result["error"], result["codebook"]) == ("saved", None, None)
    assert sorted(path.name for path in folder.iterdir()) == ["a.zip", "b.zip"]


def test_download_of_many_says_which_ones_have_no_codebook(cli, ready, router):
    router["definition"].mock(return_value=api.error(404))
    outcome = cli("download", "collection", A, B, "-o", "out")
    assert outcome.code == 0
    assert outcome.err.count("saved without its codebook: ") == 2


def test_download_stores_no_codebook_on_request(cli, ready, router, folder):
    outcome = cli("download", "collection", A, "-o", "a.zip", "--no-codebook")
    assert outcome.code == 0
    assert [path.name for path in folder.iterdir()] == ["a.zip"]
    assert not router["definition"].called


def test_download_that_times_out_resumes_without_codebook_too(cli, ready, router):
    router.get(url(A, 1)).mock(return_value=api.generating(job_id(1)))
    outcome = cli("download", "collection", A, "--no-codebook", "--timeout", "9", "--json")
    assert outcome.json["resume"][-2:] == ["--no-codebook", "--json"]


def test_download_to_stdout_requests_no_codebook(ready, router, capfdbinary, monkeypatch, folder):
    monkeypatch.setenv("PROLIFIC_TOKEN", "t0ken-of-a-test")
    monkeypatch.setenv("PROLIFIC_URL", api.BASE)
    assert main(["download", "collection", A, "-o", "-", "--quiet"], clock=FakeClock()) == 0
    assert capfdbinary.readouterr().out == api.ARCHIVE
    assert not router["definition"].called
    assert not list(folder.iterdir())
