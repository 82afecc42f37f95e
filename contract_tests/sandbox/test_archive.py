"""The archive generator: the documented layout, the same for the same spec."""

import hashlib
import io
import json
import re
import tracemalloc
import zipfile
import zlib
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prolific_contract import Kind
from prolific_contract.sandbox import ArchiveSpec, write_archive
from prolific_contract.sandbox._questions import ANSWER_TYPES, STUDIES
from prolific_contract.sandbox._random import SeededChoices
from prolific_contract.sandbox._uploads import make_upload
from prolific_exports._archive._answer_shapes import SHAPES, TextList

EXPORTED_AT = datetime(2026, 3, 19, 10, 30, 5, tzinfo=UTC)
ID = "0192a3b4-c5d6-7e8f-9a0b-1c2d3e4f5a6b"
TYPES = set(ANSWER_TYPES) - {"star_rating"}


def build(
    kind: Kind = "collection", submissions=60, files=9, seed=1, at=EXPORTED_AT, resource_id=ID
):
    spec = ArchiveSpec(
        kind=kind,
        resource_id=resource_id,
        exported_at=at,
        submissions=submissions,
        files=files,
        seed=seed,
    )
    target = io.BytesIO()
    write_archive(spec, target)
    return target.getvalue()


def members(content):
    """The archive's members by their path under the one root folder."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert archive.testzip() is None
        roots = {name.partition("/")[0] for name in archive.namelist()}
        assert len(roots) == 1
        return {name.partition("/")[2]: archive.read(name) for name in archive.namelist()}


def lines(content):
    assert content.endswith(b"\n") or not content
    return [json.loads(line) for line in content.split(b"\n")[:-1]]


def assert_answer(answer):
    """It has the fields of its type (documents/003)."""
    layout = SHAPES[answer["type"]].layout
    fields = answer.keys() - {"type", "description"}
    assert answer["description"]
    if isinstance(layout, TextList):
        assert fields == {layout.name}
        items = answer[layout.name]
        assert items
        if layout.fields:
            assert all(item.keys() == set(layout.fields) for item in items)
        else:
            assert all(isinstance(item, str) for item in items)
    else:
        assert fields == set(layout.names)
        assert all(isinstance(answer[name], str) for name in fields)
    if answer["type"] == "free_text_with_unit":
        assert answer["value"].isdigit()
    if answer["type"] == "star_rating":
        assert answer["value"] in {"1", "2", "3", "4", "5"}


def test_sandbox_asks_for_every_answer_type():
    asked = {question.type for study in STUDIES.values() for question in study.questions}
    assert asked == set(ANSWER_TYPES) == set(SHAPES)


def answers_of(kind, parts):
    """Every answer of an archive: submission id, instruction id, answer."""
    if kind == "collection":
        for record in lines(parts["responses.jsonl"]):
            for instruction_id, answer in record["responses"].items():
                yield record["submission_id"], instruction_id, answer
    else:
        for record in lines(parts["responses-by-submission.jsonl"]):
            for task in record["tasks"]:
                for instruction_id, answer in task["responses"].items():
                    yield record["submission_id"], instruction_id, answer


def test_upload_has_no_value_of_its_own():
    (upload,) = {one for one in STUDIES["batch"].questions if one.type == "file_upload"}

    assert upload.answer(SeededChoices("any")) == {}


def test_collections_archive_has_the_documented_layout():
    parts = members(build())
    uploads = [name for name in parts if name.startswith("files/")]

    assert list(parts) == ["responses.jsonl", "collection.json", "README.md", *uploads]
    assert len(uploads) == 9


def test_batchs_archive_has_the_documented_names():
    parts = members(build("batch"))
    uploads = [name for name in parts if name.startswith("files/")]

    assert list(parts) == [
        "responses-by-submission.jsonl",
        "responses-by-task.jsonl",
        "batch.json",
        "README.md",
        *uploads,
    ]
    assert len(uploads) == 9


def test_root_folder_names_kind_id_and_moment(kind):
    with zipfile.ZipFile(io.BytesIO(build(kind))) as archive:
        roots = {name.partition("/")[0] for name in archive.namelist()}
        moments = {info.date_time for info in archive.infolist()}
        modes = {info.external_attr >> 16 for info in archive.infolist()}

    assert roots == {f"{kind}-export-{ID}-20260319T103005"}
    assert moments == {(2026, 3, 19, 10, 30, 4)}, "ZIP counts in steps of two seconds"
    assert modes == {0o100644}


def test_archive_without_uploads_has_no_files_folder(kind):
    parts = members(build(kind, files=0))

    assert not [name for name in parts if name.startswith("files")]
    assert "file_upload" not in {answer["type"] for _, _, answer in answers_of(kind, parts)}


def test_collections_records_are_the_documented_ones():
    parts = members(build())
    records = lines(parts["responses.jsonl"])

    assert len(records) == 60
    for record in records:
        assert list(record) == [
            "submission_id",
            "participant_id",
            "collection_id",
            "created_at",
            "responses",
        ]
        assert re.fullmatch("[0-9a-f]{24}", record["submission_id"])
        assert re.fullmatch("[0-9a-f]{24}", record["participant_id"])
        assert record["collection_id"] == ID
        assert datetime.strptime(record["created_at"], "%Y-%m-%dT%H:%M:%S%z") < EXPORTED_AT
    assert len({record["submission_id"] for record in records}) == 60
    assert len({record["participant_id"] for record in records}) == 60
    moments = [record["created_at"] for record in records]
    assert moments == sorted(moments)


def test_metadata_define_every_instruction_answered(kind):
    parts = members(build(kind))
    metadata = json.loads(parts[f"{kind}.json"])
    defined = {one["id"]: one for one in metadata["instructions"]}

    assert list(metadata) == [f"{kind}_id", "name", "exported_at", "instructions"]
    assert metadata[f"{kind}_id"] == ID
    assert metadata["name"]
    assert metadata["exported_at"] == "2026-03-19T10:30:05Z"
    stars = {"star_rating"} if kind == "batch" else set()
    assert {one["type"] for one in metadata["instructions"]} == TYPES | stars
    seen = set()
    for _, instruction_id, answer in answers_of(kind, parts):
        assert_answer(answer)
        assert defined[instruction_id]["type"] == answer["type"]
        assert defined[instruction_id]["description"] == answer["description"]
        seen.add(instruction_id)
    assert seen == defined.keys()


def test_uploads_are_named_for_submission_instruction_and_index(kind):
    parts = members(build(kind, submissions=4, files=10))
    named = []
    for submission_id, instruction_id, answer in answers_of(kind, parts):
        for index, file in enumerate(answer.get("files", [])):
            extension = file["name"].rpartition(".")[2]
            assert file["path"] == f"files/{submission_id}_{instruction_id}_{index}.{extension}"
            named.append(file["path"])

    assert sorted(named) == sorted(name for name in parts if name.startswith("files/"))
    assert len(named) == len(set(named)) == 10


def test_answers_vary_and_some_are_missing(kind):
    parts = members(build(kind))
    answers = list(answers_of(kind, parts))
    texts = [answer["value"] for _, _, answer in answers if answer["type"] == "free_text"]
    choices = [answer["values"] for _, _, answer in answers if answer["type"] == "multiple_choice"]
    answered = Counter(instruction_id for _, instruction_id, _ in answers)

    assert len(set(texts)) > 5
    assert any(not text.isascii() for text in texts)
    assert {len(values) for values in choices} >= {1, 2, 3}
    assert len(set(answered.values())) > 2


def test_some_texts_have_both_line_breaks_and_quotes():
    everything = members(build(submissions=200))["responses.jsonl"]

    assert rb"\n" in everything
    assert "\u2028".encode() in everything
    assert rb"\"" in everything


def test_both_files_of_a_batch_hold_the_same_answers():
    parts = members(build("batch", submissions=7, files=5))
    by_submission = {
        (record["submission_id"], task["task_id"]): task["responses"]
        for record in lines(parts["responses-by-submission.jsonl"])
        for task in record["tasks"]
    }
    tasks = lines(parts["responses-by-task.jsonl"])
    by_task = {
        (submission["submission_id"], task["task_id"]): submission["responses"]
        for task in tasks
        for submission in task["submissions"]
    }

    assert by_submission == by_task
    assert len(by_submission) == 7 * 3
    assert Counter(len(task["submissions"]) for task in tasks) == {3: 6, 1: 3}
    assert len({task["task_id"] for task in tasks}) == 9


def test_batch_records_have_the_shape_of_collection_records():
    parts = members(build("batch"))
    submission = lines(parts["responses-by-submission.jsonl"])[0]
    task = lines(parts["responses-by-task.jsonl"])[0]

    assert list(submission) == [
        "submission_id",
        "participant_id",
        "batch_id",
        "created_at",
        "tasks",
    ]
    assert list(submission["tasks"][0]) == ["task_id", "responses"]
    assert list(task) == ["task_id", "batch_id", "submissions"]
    assert list(task["submissions"][0]) == [
        "submission_id",
        "participant_id",
        "created_at",
        "responses",
    ]
    assert submission["batch_id"] == task["batch_id"] == ID


def test_readme_states_that_the_data_are_invented(kind):
    readme = members(build(kind))["README.md"].decode()

    assert "sandbox" in readme
    assert f"{kind}-export-{ID}-20260319T103005/responses" in readme
    assert ("not published" in readme) == (kind == "batch")


@pytest.mark.parametrize("submissions", [0, 1, 2, 5])
@pytest.mark.parametrize("files", [0, 1, 3])
def test_any_number_of_submissions_and_files(kind, submissions, files):
    parts = members(build(kind, submissions=submissions, files=files))
    uploads = [name for name in parts if name.startswith("files/")]

    assert len({id_ for id_, _, _ in answers_of(kind, parts)}) == submissions
    assert len(uploads) == (files if submissions else 0)


def test_equal_settings_give_equal_bytes(kind):
    assert build(kind) == build(kind)


@pytest.mark.parametrize(
    "change",
    [
        {"seed": 2},
        {"resource_id": "another"},
        {"submissions": 61},
        {"files": 8},
        {"at": EXPORTED_AT + timedelta(days=1)},
    ],
)
def test_other_settings_give_another_archive(kind, change):
    assert members(build(kind)) != members(build(kind, **change))


def test_kinds_have_different_people():
    def people(kind):
        return {id_ for id_, _, _ in answers_of(kind, members(build(kind)))}

    assert not people("collection") & people("batch")


@pytest.mark.parametrize(
    ("kind", "digest"),
    [
        ("collection", "1d7f22497847882293b0a4d56c4643b97104513c54c8cffda1f0bfd308c648cd"),
        ("batch", "130cadd49854821bddd5912849399f1b2ff5f389862a9e98f207dece86e63412"),
    ],
    ids=str,
)
def test_names_and_contents_are_the_same_on_every_platform(kind, digest):
    # Over what is in the archive: the compressed bytes are zlib's affair.
    parts = members(build(kind, submissions=200, files=12))
    digested = hashlib.sha256()
    for name, content in parts.items():
        digested.update(f"{name} {len(content)} ".encode() + content)

    assert digested.hexdigest() == digest


def test_memory_does_not_grow_with_the_number_of_submissions(kind, tmp_path):
    def peak(submissions):
        spec = ArchiveSpec(
            kind=kind,
            resource_id=ID,
            exported_at=EXPORTED_AT,
            submissions=submissions,
            files=0,
            seed=1,
        )
        with (tmp_path / "archive.zip").open("w+b") as target:
            tracemalloc.start()
            write_archive(spec, target)
            highest = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
        return highest

    peak(1)
    assert peak(400) < peak(40) + 150_000


def uploads():
    return {
        upload.extension: upload
        for upload in (make_upload(SeededChoices("test", number), number) for number in range(6))
    }


def test_uploads_have_four_types_and_natural_names():
    assert uploads().keys() == {"jpg", "png", "pdf", "txt"}
    names = [make_upload(SeededChoices(0), number).name for number in range(6)]
    assert len(set(names)) == 6
    assert any(not name.isascii() for name in names)


def test_png_has_right_checksums_and_pixels():
    content = uploads()["png"].content
    assert content.startswith(b"\x89PNG\r\n\x1a\n")
    chunks, position = {}, 8
    while position < len(content):
        length = int.from_bytes(content[position : position + 4])
        name = content[position + 4 : position + 8]
        data = content[position + 8 : position + 8 + length]
        checksum = content[position + 8 + length : position + 12 + length]
        assert zlib.crc32(name + data) == int.from_bytes(checksum)
        chunks[name] = data
        position += 12 + length

    assert list(chunks) == [b"IHDR", b"IDAT", b"IEND"]
    assert chunks[b"IHDR"] == bytes([0, 0, 0, 16, 0, 0, 0, 16, 8, 2, 0, 0, 0])
    assert len(zlib.decompress(chunks[b"IDAT"])) == 16 * (1 + 16 * 3)


def test_jpeg_consists_of_complete_segments():
    content = uploads()["jpg"].content
    assert content.startswith(b"\xff\xd8")
    assert content.endswith(b"\xff\xd9")
    markers, position = [], 2
    while (marker := content[position + 1]) != 0xDA:
        assert content[position] == 0xFF
        markers.append(marker)
        position += 2 + int.from_bytes(content[position + 2 : position + 4])
    scan = content[position + 2 + int.from_bytes(content[position + 2 : position + 4]) : -2]

    assert markers == [0xE0, 0xDB, 0xC0, 0xC4, 0xC4]
    assert len(scan) == 2
    assert 0xFF not in scan, "it would need stuffing"


def test_pdfs_table_points_to_its_objects():
    content = uploads()["pdf"].content
    start = int(content.split(b"startxref\n")[1].split(b"\n")[0])
    table = content[start:].split(b"\n")
    offsets = [int(line[:10]) for line in table[3:9]]

    assert content.startswith(b"%PDF-1.4\n")
    assert table[:2] == [b"xref", b"0 7"]
    for number, offset in enumerate(offsets, start=1):
        assert content[offset:].startswith(b"%d 0 obj\n" % number)
    stream = content.split(b"stream\n")[1].removesuffix(b"\nend")
    assert f"/Length {len(stream)} ".encode() in content


def test_text_file_is_a_line_of_text():
    assert uploads()["txt"].content.decode().endswith("\n")


@given(st.integers(1, 8), st.integers(1, 8), st.integers())
def test_chosen_options_are_distinct_and_in_order(options, most, seed):
    most = min(most, options)
    chosen = SeededChoices(seed).some(range(options), most)

    assert chosen == sorted(set(chosen))
    assert 1 <= len(chosen) <= most
    assert set(chosen) <= set(range(options))


def test_every_set_of_options_occurs():
    draw = SeededChoices("sets")
    drawn = {tuple(draw.some("abc", 3)) for _ in range(500)}

    assert len(drawn) == 7


def test_draws_depend_only_on_the_name():
    def drawn(*name):
        draw = SeededChoices(*name)
        return draw.below(10**9), draw.one("abcdefgh"), draw.object_id(), draw.uuid()

    assert drawn("a", 1) == drawn("a", 1)
    assert drawn("a", 1) != drawn("a", 2)
    assert drawn("a", 1) == (
        331_905_250,
        "h",
        "c87d69760061240df4d25658",
        "8b2dd926-4424-4f42-b026-5f6d599e53f4",
    )


def test_probabilities_are_approximately_kept():
    draw = SeededChoices("chances")

    assert 250 < sum(draw.happens(0.3) for _ in range(1000)) < 350
