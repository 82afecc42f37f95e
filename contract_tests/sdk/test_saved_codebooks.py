"""Downloads store the questions beside the archive, and succeed without them."""

import json
from random import Random

import httpx
import pytest
from helpers import api
from helpers.transfers import names_in
from prolific_exports import (
    AccessDeniedError,
    ArchiveError,
    AuthenticationError,
    Codebook,
    CodebookNotSaved,
    CodebookSaved,
    ContractViolation,
    Deleted,
    ExportArchive,
    NoAnswerError,
    NotFoundError,
    Question,
    Saved,
    ServerError,
    StorageError,
    TargetExistsError,
)
from prolific_exports._archive._codebook_file import codebook_path, store_beside, write_codebook

QUESTIONS = (Question(id="i-1", type="free_text", wording="Why?"),)
RESET = httpx.ReadError("connection reset")
OTHER = Codebook(source="api", questions=(Question(id="i-2"),))


@pytest.fixture
def exports(clients, clock, events, router):
    return clients.make(
        base_url=api.BASE,
        clock=clock,
        random=Random(7),
        on_event=events.append,
        save_codebooks=True,
    )


@pytest.fixture
def definition(router):
    return router["definition"]


def test_download_stores_the_questions_beside_the_archive(
    resource, kind, post, get, store, definition, tmp_path, events
):
    archive = resource.download(api.RESOURCE[kind], tmp_path / "data.zip")
    assert names_in(tmp_path) == ["data.codebook.json", "data.zip"]
    codebook = archive.codebook()
    assert (codebook.source, codebook.kind, codebook.resource_id, codebook.questions) == (
        *("api", kind, api.RESOURCE[kind]),
        QUESTIONS,
    )
    assert ExportArchive.open(tmp_path / "data.zip").codebook() == codebook
    assert [type(event) for event in events[-2:]] == [Saved, CodebookSaved]
    assert events[-1].path == tmp_path / "data.codebook.json"
    assert definition.call_count == 1


def test_every_way_to_download_stores_the_questions(
    exports, resource, kind, post, get, store, tmp_path
):
    job = resource.job(api.RESOURCE[kind], api.EXPORT_ID)
    job.download(tmp_path / "named.zip")
    list(resource.download_many([api.RESOURCE[kind]], tmp_path / "kind"))
    list(exports.download_many([job.ref], tmp_path / "mixed"))
    assert names_in(tmp_path) == ["kind", "mixed", "named.codebook.json", "named.zip"]
    for folder in (tmp_path / "kind", tmp_path / "mixed"):
        codebook, archive = names_in(folder)
        assert codebook == f"{archive.removesuffix('.zip')}.codebook.json"


def test_client_without_codebooks_requests_none(
    clients, router, kind, post, get, store, definition, tmp_path
):
    exports = clients.make(base_url=api.BASE, save_codebooks=False)
    getattr(exports, api.PLURAL[kind]).download(api.RESOURCE[kind], tmp_path / "data.zip")
    assert names_in(tmp_path) == ["data.zip"]
    assert not definition.called


@pytest.mark.parametrize(
    ("answers", "error"),
    [
        ([api.error(401)], AuthenticationError),
        ([api.error(403)], AccessDeniedError),
        ([api.error(404)], NotFoundError),
        ([httpx.Response(200, json=[])], ContractViolation),
        ([api.error(500)] * 9, ServerError),
        ([RESET] * 9, NoAnswerError),
    ],
    ids=["token", "access", "old server", "contract", "server", "network"],
)
def test_download_without_its_codebook_succeeds_and_reports_the_reason(
    resource, kind, post, get, store, definition, tmp_path, events, clock, answers, error
):
    definition.mock(side_effect=answers)
    archive = resource.download(api.RESOURCE[kind], tmp_path / "data.zip")
    assert names_in(tmp_path) == ["data.zip"]
    assert archive.codebook().is_derived
    assert isinstance(events[-1], CodebookNotSaved)
    assert isinstance(events[-1].error, error)
    assert events[-1].ref.resource_id == api.RESOURCE[kind]


def test_codebook_takes_no_longer_than_one_call_although_the_export_may(
    resource, kind, post, get, store, definition, tmp_path, events, clock
):
    definition.mock(return_value=api.error(429, **{"Retry-After": "20"}))
    before = clock.monotonic()
    resource.download(api.RESOURCE[kind], tmp_path / "data.zip", timeout=86400)
    assert clock.monotonic() - before < 40
    assert definition.call_count == 2
    assert isinstance(events[-1], CodebookNotSaved)


def test_codebook_is_retried_like_any_call(resource, kind, post, get, store, definition, tmp_path):
    definition.mock(side_effect=[api.error(503), RESET, api.definition()])
    archive = resource.download(api.RESOURCE[kind], tmp_path / "data.zip")
    assert archive.codebook().questions == QUESTIONS


def test_codebook_comes_after_the_deletion_of_the_job(
    router, resource, kind, post, get, store, tmp_path, events
):
    router.delete(api.get_url(kind)).mock(return_value=httpx.Response(204))
    resource.download(api.RESOURCE[kind], tmp_path / "data.zip", delete_after=True)
    assert [type(event) for event in events[-3:]] == [Saved, Deleted, CodebookSaved]


def test_current_codebook_is_not_written_again(resource, kind, post, get, store, tmp_path, events):
    resource.download(api.RESOURCE[kind], tmp_path / "data.zip")
    path = tmp_path / "data.codebook.json"
    before = path.stat()
    resource.download(api.RESOURCE[kind], tmp_path / "data.zip", overwrite=True)
    after = path.stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)
    assert isinstance(events[-1], CodebookSaved)


@pytest.mark.parametrize("found", ["of another export", "no codebook"])
def test_other_codebook_is_replaced_only_with_overwrite(
    resource, kind, post, get, store, tmp_path, events, found
):
    path = tmp_path / "data.codebook.json"
    if found == "no codebook":
        path.write_text("mine", "utf-8")
    else:
        write_codebook(OTHER, path, overwrite=False)
    before = path.read_bytes()
    resource.download(api.RESOURCE[kind], tmp_path / "data.zip")
    assert path.read_bytes() == before
    assert isinstance(events[-1].error, TargetExistsError)
    resource.download(api.RESOURCE[kind], tmp_path / "data.zip", overwrite=True)
    assert ExportArchive.open(tmp_path / "data.zip").codebook().questions == QUESTIONS
    assert names_in(tmp_path) == ["data.codebook.json", "data.zip"]


def test_disk_without_room_for_the_codebook_keeps_the_archive(
    resource, kind, post, get, store, tmp_path, events, monkeypatch
):
    def full(*_, **__):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("json.dump", full)
    resource.download(api.RESOURCE[kind], tmp_path / "data.zip")
    assert names_in(tmp_path) == ["data.zip"]
    assert isinstance(events[-1].error, StorageError)


def test_token_that_the_server_sends_back_is_not_stored(
    resource, kind, post, get, store, definition, tmp_path
):
    token = "t0ken-of-a-test"
    question = {
        "id": f"i-{token}",
        "type": f"t-{token}",
        "description": token,
        "options": [token, {"value": token}],
        "unit_options": [{"value": token}],
    }
    body = {"name": token, "collection_items": [question], "batch_items": [question]}
    definition.mock(return_value=httpx.Response(200, json=body))
    resource.download(api.RESOURCE[kind], tmp_path / "data.zip")
    stored = (tmp_path / "data.codebook.json").read_text("utf-8")
    assert token not in stored
    assert len(json.loads(stored)["questions"]) == 1


@pytest.mark.parametrize(
    ("name", "codebook"),
    [
        ("data.zip", "data.codebook.json"),
        ("data.ZIP", "data.codebook.json"),
        ("data.2026.zip", "data.2026.codebook.json"),
        ("data.2026", "data.2026.codebook.json"),
        ("data", "data.codebook.json"),
    ],
)
def test_codebook_is_named_like_the_archive_without_zip(tmp_path, name, codebook):
    assert codebook_path(tmp_path / name) == tmp_path / codebook


def test_folder_in_place_of_the_codebook_is_an_error(tmp_path):
    (tmp_path / "data.codebook.json").mkdir()
    with pytest.raises((ArchiveError, TargetExistsError)):
        store_beside(OTHER, tmp_path / "data.zip", overwrite=True)
