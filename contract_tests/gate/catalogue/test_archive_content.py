"""The mutants and variants whose archives have other contents, each as its sentence says."""

import io
import json
import zipfile
from datetime import timedelta
from urllib.parse import unquote, urlsplit

import pytest
from helpers.export_requests import GENERATION, TOKEN, ask, content
from prolific_contract import KINDS, path_of
from prolific_contract.sandbox import ManualClock, SandboxSettings, Site, body_of
from prolific_contract.sandbox.mutants import MUTANTS, MutatedSite
from prolific_contract.sandbox.variants import VARIANTS, VariantSite
from prolific_exports._model._timestamps import parse_timestamp

SETTINGS = SandboxSettings(
    edition="2026-11", token=TOKEN, generation_seconds=GENERATION, submissions=3, files=1
)
OTHER_ID = "0192a3b4-c5d6-4e8f-9a0b-1c2d3e4f5a6b"


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


def archive_of(site, clock, kind, query=""):
    """The bytes of the archive of a new job."""
    path = path_of(kind, SETTINGS.id_of(kind))
    try:
        job = body_of(ask(site, "POST", f"{path}{query}", f"Token {TOKEN}"))["export_id"]
        clock.advance(GENERATION)
        url = urlsplit(body_of(ask(site, "GET", f"{path}/{job}", f"Token {TOKEN}"))["url"])
        return content(ask(site, "GET", f"{unquote(url.path)}?{url.query}", None))
    finally:
        site.close()


def clean(kind, query=""):
    clock = ManualClock()
    return archive_of(Site(SETTINGS, clock), clock, kind, query)


def mutated(fault, kind, query=""):
    clock = ManualClock()
    site = MutatedSite(MUTANTS[f"{fault}@{kind}-archive"], SETTINGS, clock)
    return archive_of(site, clock, kind, query)


def varied(name, kind):
    clock = ManualClock()
    return archive_of(VariantSite(VARIANTS[name], SETTINGS, clock), clock, kind)


def texts(data):
    """The members, by name below the root folder."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def changed(fault, kind):
    """The members that a mutant changed: right and wrong content."""
    right, made = texts(clean(kind)), texts(mutated(fault, kind))
    assert list(made) == list(right)
    return {name: (right[name], made[name]) for name in right if right[name] != made[name]}


def parsed(text):
    return [json.loads(line) for line in text.splitlines()]


def lines_of(fault, kind):
    found = {
        name: (parsed(right), parsed(made)) for name, (right, made) in changed(fault, kind).items()
    }
    assert found
    assert all(name.endswith(".jsonl") for name in found)
    return found


def metadata_of(fault, kind):
    ((name, (right, made)),) = changed(fault, kind).items()
    assert name == f"{kind}.json"
    return json.loads(right), json.loads(made)


@pytest.mark.parametrize(
    ("fault", "problem"),
    [("archive-crc", "CRC-32"), ("archive-length", None), ("archive-deflated-wrongly", "invalid")],
)
def test_first_member_is_damaged(kind, fault, problem):
    data = mutated(fault, kind)
    with (
        zipfile.ZipFile(io.BytesIO(data)) as archive,
        zipfile.ZipFile(io.BytesIO(clean(kind))) as right,
    ):
        first, *others = archive.infolist()
        if problem is None:
            assert len(archive.read(first)) == first.file_size - 1
        else:
            with pytest.raises(Exception, match=problem):
                archive.read(first)
        assert all(archive.read(one.filename) == right.read(one.filename) for one in others)


def test_lines_are_python_literals(kind):
    for right, made in changed("lines-not-json", kind).values():
        assert made.decode() == "".join(f"{one}\n" for one in parsed(right))


def test_lines_are_lists(kind):
    for right, made in lines_of("lines-not-objects", kind).values():
        assert made == [[one] for one in right]


def test_first_submission_has_two_lines(kind):
    ((name, (right, made)),) = lines_of("lines-twice", kind).items()
    assert "task" not in name
    assert made == [right[0], *right]


def test_lines_lack_the_participant():
    ((_, (right, made)),) = lines_of("lines-without-participant", "collection").items()
    assert [{**one, "participant_id": None} for one in made] == [
        {**one, "participant_id": None} for one in right
    ]
    assert not any("participant_id" in one for one in made)


def test_values_are_numbers():
    ((_, (right, made)),) = lines_of("lines-with-numbers", "collection").items()
    for before, after in zip(right, made, strict=True):
        for key, response in before["responses"].items():
            value = {"value": 7} if "value" in response else {}
            assert after["responses"][key] == {**response, **value}


def test_lines_for_tasks_are_lost():
    assert list(changed("lines-of-tasks-lost", "batch")) == ["responses-by-task.jsonl"]
    assert texts(mutated("lines-of-tasks-lost", "batch"))["responses-by-task.jsonl"] == b""


def test_lines_name_another_resource(kind):
    for right, made in lines_of("lines-of-another", kind).values():
        assert made == [{**one, f"{kind}_id": OTHER_ID} for one in right]


def test_responses_are_from_the_next_month(kind):
    ((name, (right, made)),) = lines_of("lines-from-future", kind).items()
    assert "task" not in name
    for before, after in zip(right, made, strict=True):
        times = [parse_timestamp(one["created_at"]).moment for one in (before, after)]
        assert times[1] - times[0] == timedelta(days=30)


def test_metadata_is_a_python_literal(kind):
    ((name, (right, made)),) = changed("metadata-not-json", kind).items()
    assert name == f"{kind}.json"
    assert made.decode() == str(json.loads(right))


@pytest.mark.parametrize(
    ("fault", "change"),
    [
        ("metadata-without-instructions", lambda it: it.pop("instructions")),
        ("instructions-not-listed", lambda it: it["instructions"].pop(0)),
        ("metadata-stale", lambda it: it.update(exported_at="2026-03-17T10:30:00Z")),
    ],
)
def test_metadata_of_a_collection_is_wrong(fault, change):
    right, made = metadata_of(fault, "collection")
    change(right)
    assert made == right


def test_metadata_names_another_resource(kind):
    right, made = metadata_of("metadata-of-another", kind)
    assert made == {**right, f"{kind}_id": OTHER_ID} != right


def uploads(data):
    """The uploaded files, and the paths in the lines."""
    found = texts(data)
    paths = [
        file["path"]
        for record in parsed(found["responses.jsonl"])
        for response in record["responses"].values()
        for file in response.get("files", ())
    ]
    return [name for name in found if name.startswith("files/")], paths


def test_uploaded_files_and_paths_differ():
    [path], paths = uploads(clean("collection"))
    assert paths == [path]
    assert uploads(mutated("upload-missing", "collection")) == ([], [path])
    assert uploads(mutated("upload-unnamed", "collection")) == ([path], [])
    other = f"files/64d0c0de0000000000000009_{path.partition('_')[2]}"
    assert uploads(mutated("upload-of-another", "collection")) == ([other], [other])


def test_mutants_shift_the_period_by_one_response():
    def times(data):
        return [one["created_at"] for one in parsed(texts(data)["responses.jsonl"])]

    first, second, third = times(clean("collection"))
    query = f"?from={second}&to={third}"
    assert times(clean("collection", query)) == [second]
    assert times(mutated("period-from-ignored", "collection", query)) == [first, second]
    assert times(mutated("filter-from-exclusive", "collection", query)) == []
    assert times(mutated("filter-to-inclusive", "collection", query)) == [second, third]
    assert times(mutated("filter-to-inclusive", "collection")) == [first, second, third]


# Variants.


def test_lines_end_as_on_windows(kind):
    right, made = texts(clean(kind)), texts(varied("archive-lines-windows", kind))
    for name in right:
        windows = b"\xef\xbb\xbf" + right[name].replace(b"\n", b"\r\n") + b"\r\n"
        assert made[name] == (windows if name.endswith(".jsonl") else right[name])


def test_responses_have_more_members():
    right, made = (
        texts(data) for data in (clean("collection"), varied("archive-lines-more", "collection"))
    )
    more = {"type": "drawing", "description": "Draw."}
    assert parsed(made["responses.jsonl"]) == [
        {**one, "consent": True, "responses": {"c0ffee": more, **one["responses"]}}
        for one in parsed(right["responses.jsonl"])
    ]
    listed = json.loads(made["collection.json"])["instructions"]
    assert listed[0] == {"id": "c0ffee", **more}
    assert listed[1:] == json.loads(right["collection.json"])["instructions"]


def test_paths_begin_with_the_root_folder():
    data = varied("archive-paths-complete", "collection")
    [path], [named] = uploads(data)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert named in archive.namelist()
    assert named.endswith(f"/{path}")


def test_paths_without_extension_lead_to_the_files():
    [path], paths = uploads(varied("archive-uploads-bare", "collection"))
    assert paths == [path]
    assert "." not in path


def test_archive_is_compressed_with_bzip2(kind):
    data = varied("archive-bzip2", kind)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert {one.compress_type for one in archive.infolist()} == {zipfile.ZIP_BZIP2}
    assert texts(data) == texts(clean(kind))
