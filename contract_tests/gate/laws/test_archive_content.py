"""What the recorder notes about the content of an archive."""

import json

import pytest
from helpers.archive_contents import (
    BOTH,
    CHOICE,
    FREE,
    PATH,
    ROOT,
    UNIT,
    batch,
    lines,
    members,
    metadata,
    packed,
    read,
    record,
    responses,
)
from prolific_contract.gate.trace._archive_content import ArchiveContent


def flaws(**changed):
    found = read(packed(members(**changed)))
    assert found is not None
    assert not found.damaged
    return [(flaw.about.removeprefix("archive."), flaw.says) for flaw in found.flaws]


def flaws_of_record(**changed):
    return flaws(**{"responses.jsonl": lines(record(**changed))})


def flaws_of_response(**changed):
    return flaws_of_record(responses=responses(**changed))


# What is noted.


def test_documented_archive_has_no_flaws_and_its_facts_name_no_participant():
    found = read(packed(members()))
    assert found == ArchiveContent(
        read=4,
        resource_ids=("collection c1",),
        records=1,
        times=("2026-03-19T10:00:00+00:00",),
        earliest_end="2026-03-19T10:00:00+00:00",
        latest_start="2026-03-19T10:00:00+00:00",
        exported_at="2026-03-20T10:00:00+00:00",
    )


def test_first_middle_and_last_time_are_noted():
    days = [*range(1, 8), 3]
    records = [
        record(submission_id=f"s{number}", created_at=f"2026-03-{day:02d}T00:00:00Z", responses={})
        for number, day in enumerate(days)
    ]
    found = read(packed(members(**{"responses.jsonl": lines(*records), PATH: None})))
    assert [text[:10] for text in found.times] == ["2026-03-01", "2026-03-04", "2026-03-07"]
    assert (found.earliest_end[:10], found.latest_start[:10]) == ("2026-03-01", "2026-03-07")
    assert found.records == 8
    assert not found.flaws


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\n",
        b"\xef\xbb\xbf\r\n",
        b"\xef\xbb\xbf" + lines(record()).replace(b"\n", b"\r\n\r\n"),
    ],
)
def test_odd_but_permitted_line_ends_have_no_flaw(text):
    assert flaws(**{"responses.jsonl": text, PATH: b"" if len(text) > 5 else None}) == []


def test_last_line_need_not_end():
    assert flaws(**{"responses.jsonl": lines(record()).rstrip()}) == []


def test_unknown_members_and_types_have_no_flaw():
    more = {"type": "drawing", "description": "", "strokes": 7}
    listed = [*metadata()["instructions"], {"id": "new", "type": "drawing", "description": ""}]
    assert (
        flaws(
            **{
                "responses.jsonl": lines(record(responses={**responses(), "new": more}, study=1)),
                "collection.json": json.dumps(metadata(instructions=listed, study=1)).encode(),
            }
        )
        == []
    )


# Lines.


@pytest.mark.parametrize("line", [b"{'a': 1}\n", b"[]\n", b"null\n", b'"x"\n', b"\xff\n", b"{}}\n"])
def test_line_that_is_not_an_object_is_a_flaw(line):
    assert flaws(**{"responses.jsonl": lines(record()) + line + line}) == [
        ("field.lines", "responses.jsonl, line 2: the line is not a JSON object (and 1 more)")
    ]


def test_second_line_of_a_submission_is_a_flaw():
    assert flaws(**{"responses.jsonl": lines(record(), record())}) == [
        ("field.lines", "responses.jsonl, line 2: a second line has the same submission_id")
    ]


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("submission_id", "a string"),
        ("participant_id", "a string"),
        ("collection_id", "a string"),
        ("created_at", "a date-time with an offset"),
        ("responses", "an object"),
    ],
)
def test_missing_or_wrong_member_of_a_submission_is_a_flaw(name, kind):
    about = f"field.{name.replace('_', '-')}"
    without = {key: value for key, value in record().items() if key != name}
    found = flaws(**{"responses.jsonl": lines(without)})
    assert (about, f"responses.jsonl, line 1: the submission has no {name}") in found
    found = flaws_of_record(**{name: 7})
    assert (
        about,
        f"responses.jsonl, line 1: the submission has a {name} that is not {kind}",
    ) in found


@pytest.mark.parametrize(
    ("key", "changed", "about", "says"),
    [
        (FREE, {"value": 7}, "free-text", "type free_text has a value that is not a string"),
        (UNIT, {"unit": None}, "unit", "type free_text_with_unit has a unit that is not a string"),
        (
            CHOICE,
            {"values": "Ann"},
            "choice",
            "type multiple_choice has a values that is not a list of strings",
        ),
        (
            BOTH,
            {"values": [{"option": "Ann"}]},
            "choice-with-text",
            (
                "type multiple_choice_with_free_text has a values that is not a list of objects "
                "with the strings option and explanation"
            ),
        ),
        (FREE, {"description": None}, "description", "has a description that is not a string"),
        (FREE, {"type": 7}, "type", "has a type that is not a string"),
    ],
)
def test_wrong_member_of_a_response_is_a_flaw(key, changed, about, says):
    ((found_about, found_says),) = flaws_of_response(**{key: changed})
    assert found_about == f"field.{about}"
    assert found_says.startswith("responses.jsonl, line 1: a response ")
    assert found_says.endswith(says)


def test_response_that_is_not_an_object_is_a_flaw():
    assert flaws_of_record(responses={**responses(), FREE: "Ann"}) == [
        ("field.responses", "responses.jsonl, line 1: a response is not an object")
    ]


# Uploaded files.


def test_path_without_a_file_is_a_flaw():
    assert flaws(**{PATH: None}) == [
        (
            "relation.upload-path",
            "responses.jsonl, line 1: the path of an uploaded file leads to no file in the archive",
        )
    ]


def test_file_without_a_path_is_a_flaw_and_its_letters_are_not_quoted():
    assert flaws(**{"files/s1_Ann_1.png": b""}) == [
        ("relation.upload-path", "files/x9_xxx_9.xxx: no answer names the file")
    ]


@pytest.mark.parametrize(
    ("path", "about", "says"),
    [
        (
            "files/s2_file_0.png",
            "relation.upload-submission",
            "the name of an uploaded file does not begin with the submission_id",
        ),
        (
            "files/s1_free_0.png",
            "field.uploads",
            "the name of an uploaded file does not have the id of its instruction",
        ),
    ],
)
def test_file_that_is_named_after_something_else_is_a_flaw(path, about, says):
    upload = {"files": [{"name": "Ann.png", "path": path}]}
    found = flaws(
        **{
            "responses.jsonl": lines(record(responses=responses(file=upload))),
            PATH: None,
            path: b"",
        }
    )
    assert found == [(about, f"responses.jsonl, line 1: {says}")]


def test_path_may_begin_with_the_root_folder():
    upload = {"files": [{"name": "Ann.png", "path": f"{ROOT}{PATH}"}]}
    assert flaws_of_response(file=upload) == []


@pytest.mark.parametrize("files", ["Ann", [7], [{"name": "Ann.png"}], [{"path": 7, "name": ""}]])
def test_malformed_list_of_files_is_a_flaw(files):
    found = flaws(
        **{
            "responses.jsonl": lines(record(responses=responses(file={"files": files}))),
            PATH: None,
        }
    )
    assert found == [
        (
            "field.file-upload",
            (
                "responses.jsonl, line 1: a response of type file_upload has a files that is not a "
                "list of objects with the strings name and path"
            ),
        )
    ]


def test_archive_without_root_folder_is_compared_as_well():
    files = {name.removeprefix(ROOT): data for name, data in members().items()}
    assert read(packed(files)).flaws == ()
    files["files/s1_file_1.png"] = b""
    assert len(read(packed(files)).flaws) == 1


# Metadata.


@pytest.mark.parametrize("text", [b"[]", b"{", b"{'name': 1}", b"\xff"])
def test_metadata_that_is_not_an_object_is_a_flaw(text):
    assert flaws(**{"collection.json": text}) == [
        ("field.metadata", "collection.json: the file is not a JSON object")
    ]


def test_empty_metadata_is_the_matter_of_the_directory():
    assert flaws(**{"collection.json": b""}) == []


@pytest.mark.parametrize(
    ("name", "value", "kind"),
    [
        ("name", None, "a string"),
        ("exported_at", "2026-03-20", "a date-time with an offset"),
        (
            "instructions",
            [{"id": "a"}],
            "a list of objects with the strings id, type and description",
        ),
    ],
)
def test_wrong_member_of_the_metadata_is_a_flaw(name, value, kind):
    changed = json.dumps(metadata(**{name: value})).encode()
    assert flaws(**{"collection.json": changed}) == [
        (
            "field.metadata",
            f"collection.json: the collection has a {name} that is not {kind}",
        )
    ]


def test_instruction_that_is_not_listed_or_has_another_type_is_a_flaw():
    first, second, *others = metadata()["instructions"]
    listed = [{**second, "type": "free_text"}, *others]
    assert first["id"] == FREE
    assert flaws(**{"collection.json": json.dumps(metadata(instructions=listed)).encode()}) == [
        (
            "relation.instructions",
            (
                "responses.jsonl, line 1: a response answers an instruction that "
                "collection.json does not list"
            ),
        ),
        (
            "field.type",
            (
                "responses.jsonl, line 1: a response has another type than its instruction in "
                "collection.json"
            ),
        ),
    ]


# Batches, whose lines are not published.


def test_lines_of_a_batch_may_have_any_members():
    assert read(batch()).flaws == ()
    assert read(batch(b"", b"")).flaws == ()
    assert read(batch(b"")).flaws == ()
    assert read(batch(b"{}\n{}\n")).flaws == ()


@pytest.mark.parametrize(
    ("changed", "about", "says"),
    [
        (
            {"by_submission": b"[]\n"},
            "relation.batch-records",
            "responses-by-submission.jsonl, line 1: the line is not a JSON object",
        ),
        (
            {"by_task": b"7"},
            "relation.batch-records",
            "responses-by-task.jsonl, line 1: the line is not a JSON object",
        ),
        (
            {"by_task": b"\n"},
            "relation.batch-records",
            "responses-by-task.jsonl: the file has no lines, but responses-by-submission.jsonl has",
        ),
        (
            {"about": b"[]"},
            "field.batch-metadata",
            "batch.json: the file is not a JSON object",
        ),
    ],
)
def test_files_of_a_batch_that_are_not_json_or_differ_are_flaws(changed, about, says):
    found = [flaw for flaw in read(batch(**changed)).flaws if flaw.says == says]
    assert [flaw.about for flaw in found] == [f"archive.{about}"]


def test_times_anywhere_in_a_line_of_a_batch_are_noted():
    nested = {
        "batch_id": "b1",
        "created_at": "2026-03-01T00:00:00Z",
        "tasks": [{"created_at": "2026-03-03T00:00:00Z"}, {"created_at": "soon"}],
    }
    plain = {"batch_id": "b2", "created_at": "2026-03-02T00:00:00Z"}
    found = read(batch(lines(nested, plain), lines({"created_at": "2027-01-01T00:00:00Z"})))
    assert (found.earliest_end[:10], found.latest_start[:10]) == ("2026-03-02", "2026-03-02")
    assert [text[:10] for text in found.times] == ["2026-03-02"]
    assert found.resource_ids == ("batch b1", "batch b2")


def test_ids_are_few_and_short():
    found = read(batch(lines(*({"batch_id": f"{n}" * 200} for n in range(9)))))
    assert len(found.resource_ids) == 4
    assert max(map(len, found.resource_ids)) < 100
