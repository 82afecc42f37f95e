"""The laws about the members of an archive, as its directory shows them."""

from datetime import timedelta

import pytest
from helpers.exported_archives import DOCUMENTED, ID, archive, download
from helpers.traces import (
    OTHER_JOB,
    START,
    URL,
    TraceBuilder,
    complete,
    dated,
    error,
    generating,
)
from prolific_contract.gate.laws import Outcome
from prolific_contract.gate.trace import HttpResponse

HELD, VIOLATED = Outcome.HELD, Outcome.VIOLATED
MEMBERS, NAMES, FILTER = "value.archive-members", "value.archive-names", "value.archive-filter"
LATER = "2026-11"
NOTHING = "?from=2015-01-01T00:00:00Z&to=2015-01-02T00:00:00Z"


def served(builder: TraceBuilder, response: HttpResponse, **poll) -> TraceBuilder:
    builder.poll(complete(), resource=ID, **poll)
    builder.fetch(response)
    return builder


# Extraction.


def test_archive_of_plain_members_can_be_extracted(builder):
    upload = "files/s_i_0.png"
    served(
        builder, archive(builder, "files/", "files/", upload, "a..b/..c.txt", "LICENSE", root=None)
    )
    assert builder.outcomes(MEMBERS) == [HELD]


@pytest.mark.parametrize("marks", [{"flags": 1}, {"flags": 1 | 8}, {"method": 99}])
def test_archive_with_encrypted_members_is_violation(builder, marks):
    served(builder, archive(builder, **marks))
    seen = builder.violation(MEMBERS)
    count = len(DOCUMENTED[builder.kind])
    assert seen.seen == f"encrypted members: {count} of {count}; no password is documented"
    assert seen.operation == builder.fetching
    assert seen.exchanges == (1,)


def test_archive_with_other_flags_and_methods_is_not_called_encrypted(builder):
    served(builder, archive(builder, flags=0x800 | 8, method=8))
    assert builder.outcomes(MEMBERS) == [HELD]


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("/etc/Ann7", "is absolute: '/xxx/xxx9'"),
        ("../Ann", "leads out of the archive: '../xxx'"),
        ("files/../../Ann", "leads out of the archive: 'xxxxx/../../xxx'"),
        ("files\\Ann.jpg", "contains a backslash instead of a slash"),
        ("C:Ann.jpg", "begins with a drive letter: 'x:xxx.xxx'"),
        ("files/Ann\0.jpg", "contains a null character"),
        ("", "is empty: ''"),
    ],
)
def test_unsafe_name_is_violation_and_its_letters_are_not_quoted(builder, name, reason):
    served(builder, download(*DOCUMENTED[builder.kind], name))
    seen = builder.violation(MEMBERS).seen
    assert seen.startswith(f"the name of a member {reason}")
    assert "Ann" not in seen


def test_two_files_with_one_name_are_violation(builder):
    served(builder, download(*DOCUMENTED[builder.kind], "files/Ann_i_0.png", "files/Ann_i_0.png"))
    assert builder.violation(MEMBERS).seen == (
        "two members have the same name: 'xxxxx/xxx_x_9.xxx'"
    )


def test_names_that_differ_in_case_are_two_names(builder):
    served(builder, archive(builder, "files/a_i_0.png", "files/A_i_0.png"))
    assert builder.outcomes(MEMBERS) == [HELD]


def test_archive_without_readable_directory_is_not_judged(builder):
    served(builder, HttpResponse(200, (), b"<html>"))
    builder.fetch(error(403))
    assert [builder.outcomes(law, LATER) for law in (MEMBERS, NAMES, FILTER)] == [[], [], []]


# The root folder.


def test_root_folder_of_the_resource_and_the_time_holds(builder):
    served(builder, archive(builder, root=f"{builder.kind}-export-{ID}-20260320T100003"))
    assert builder.outcomes(NAMES) == [HELD]


def test_archive_without_root_folder_is_violation_only_for_collections(builder):
    served(builder, archive(builder, root=None))
    if builder.kind == "batch":
        # The documents publish no name for batches.
        assert builder.outcomes(NAMES) == []
        return
    violation = builder.violation(NAMES)
    assert violation.seen == (
        "there is no root folder collection-export-{collection_id}-{YYYYMMDDTHHMMSS}"
    )
    assert "archive.field.root-folder" in violation.about


def test_archive_without_documented_members_has_no_root_folder_to_judge(builder):
    served(builder, download("data/answers.csv"))
    assert builder.outcomes(NAMES) == ([HELD] if builder.kind == "collection" else [])


@pytest.mark.parametrize(
    "root", ["data", f"collection-export-{ID}", f"export-{ID}-20260320T100000"]
)
def test_other_root_folder_is_violation_only_for_collections(root):
    for kind in ("batch", "collection"):
        builder = TraceBuilder(kind)
        served(builder, archive(builder, root=root))
        assert builder.outcomes(NAMES) == ([VIOLATED] if kind == "collection" else [])


def test_root_folder_of_another_resource_is_violation(builder):
    served(builder, archive(builder, root=f"{builder.kind}-export-{OTHER_JOB}-20260320T100000"))
    seen = builder.violation(NAMES)
    assert seen.seen == (
        f"the root folder names the {builder.kind} {OTHER_JOB}, but the export is of the "
        f"{builder.kind} {ID.lower()}"
    )
    assert seen.exchanges == (0, 1)


def test_root_folder_of_the_other_kind_is_violation(builder):
    other = {"batch": "collection", "collection": "batch"}[builder.kind]
    served(builder, archive(builder, root=f"{other}-export-{ID}-20260320T100000"))
    violation = builder.violation(NAMES)
    assert violation.seen.startswith(f"the root folder names the {other} ")
    assert "archive.identity.resource" in violation.about


@pytest.mark.parametrize("dates", [True, False])
@pytest.mark.parametrize(
    ("time", "right"),
    [
        # Every time zone from UTC-12 to UTC+14, with five minutes for differing clocks.
        (timedelta(hours=14, minutes=4), True),
        (timedelta(hours=14, minutes=6), False),
        # The job may have been generating for the longest wait (ten minutes).
        (-timedelta(hours=12, minutes=14), True),
        (-timedelta(hours=12, minutes=16), False),
        (timedelta(days=-1), False),
    ],
)
def test_time_of_the_root_folder_lies_between_request_and_response(builder, dates, time, right):
    at = START + timedelta(seconds=3)

    def answered(response):
        return dated(response, at) if dates else response

    builder.request(answered(generating()), resource=ID, sent=at)
    builder.poll(answered(complete()), resource=ID, sent=at)
    builder.fetch(archive(builder, root=f"{builder.kind}-export-{ID}-{at + time:%Y%m%dT%H%M%S}"))
    assert builder.outcomes(NAMES) == [HELD if right else VIOLATED]
    if not right:
        limit = "later than" if time > timedelta(0) else "before the export was requested at"
        assert limit in builder.violation(NAMES).seen
        assert at.isoformat() in builder.violation(NAMES).seen


def test_time_of_an_export_that_no_request_started_has_no_lower_limit(builder):
    builder.request(complete(), resource=ID)
    builder.fetch(archive(builder, root=f"{builder.kind}-export-{ID}-20200101T000000"))
    builder.poll(complete(f"{URL}&n=2"), resource=ID)
    builder.fetch(
        archive(builder, root=f"{builder.kind}-export-{ID}-20200101T000000"), f"{URL}&n=2"
    )
    assert builder.outcomes(NAMES) == [HELD, HELD]


def test_time_is_not_judged_if_the_recording_has_none(builder):
    builder.request(generating(), resource=ID, sent=None)
    builder.poll(complete(), resource=ID, sent=None)
    builder.fetch(archive(builder, root=f"{builder.kind}-export-{ID}-29990101T000000"))
    assert builder.outcomes(NAMES) == [HELD]


def test_time_that_does_not_exist_is_violation(builder):
    served(builder, archive(builder, root=f"{builder.kind}-export-{ID}-20260230T000000"))
    assert builder.violation(NAMES).seen == (
        "the root folder has the time 20260230T000000, which does not exist"
    )


# Uploaded files.


@pytest.mark.parametrize(
    "name", ["sub_ins_0.jpg", "sub-a_b_c_12.tar.gz", "s_i_0", "s_i_0.", "sübmission_i_3.JPG"]
)
def test_documented_name_of_an_uploaded_file_holds(name):
    builder = TraceBuilder("collection")
    served(builder, archive(builder, "files/", f"files/{name}", "LICENSE.txt", "more/photo.jpg"))
    assert builder.outcomes(NAMES) == [HELD]


@pytest.mark.parametrize(
    ("name", "form"),
    [
        ("Ann.jpg", "files/xxx.xxx"),
        ("s_i.jpg", "files/x_x.xxx"),
        ("s/i_0.jpg", "files/x/x_9.xxx"),
        ("s_i_x.jpg", "files/x_x_x.xxx"),
    ],
)
def test_other_name_of_an_uploaded_file_is_violation_only_for_collections(name, form):
    for kind in ("batch", "collection"):
        builder = TraceBuilder(kind)
        served(builder, archive(builder, "files/s_i_0.jpg", f"files/{name}"))
        if kind == "batch":
            assert builder.outcomes(NAMES) == [HELD]
            continue
        violation = builder.violation(NAMES)
        assert violation.seen == (
            "uploaded files not named files/{submission_id}_{instruction_id}_{index}.{ext}: 1, "
            f"such as {form.replace('files', 'xxxxx')!r}"
        )
        assert violation.about == ("archive.field.uploads",)


@pytest.mark.parametrize("folder", ["", "uploads/", "a/b/"])
@pytest.mark.parametrize("instruction", [OTHER_JOB, "64d0c0de0000000000000009"])
def test_uploaded_file_outside_its_folder_is_violation(builder, folder, instruction):
    served(builder, archive(builder, "files/s_i_0.jpg", f"{folder}sub-1_{instruction}_0.jpg"))
    violation = builder.violation(NAMES)
    assert violation.seen.startswith(
        "uploaded files outside the folder files/ of the root folder: 1, such as '"
    )
    assert violation.about == ("archive.field.uploads",)


def test_uploaded_files_beside_the_root_folder_are_violation(builder):
    root = f"{builder.kind}-export-{ID}-20260320T100000"
    names = [f"{root}/{name}" for name in DOCUMENTED[builder.kind]]
    served(builder, download(*names, "files/", f"x/files/s_{OTHER_JOB}_0.jpg"))
    assert builder.violation(NAMES).seen.startswith("uploaded files outside the folder files/")


# The filter.


def filtered(builder: TraceBuilder, query: str, response: HttpResponse) -> TraceBuilder:
    builder.request(generating(), resource=ID, query=query)
    builder.poll(complete(), resource=ID)
    builder.fetch(response)
    return builder


@pytest.mark.parametrize("lines", [b"", b"\n", b"\xef\xbb\xbf\r\n"])
def test_archive_of_a_filter_that_selects_nothing_is_empty(builder, lines):
    filtered(builder, NOTHING, archive(builder, "files/", lines=lines))
    assert builder.outcomes(FILTER, LATER) == [HELD]


def test_responses_from_outside_the_period_are_violation(builder):
    filtered(builder, NOTHING, archive(builder, lines=b'{"a": 1}\n'))
    seen = builder.violation(FILTER, LATER)
    assert seen.seen == (
        "the filter ends at 2015-01-02T00:00:00+00:00, before the first response of any export, "
        f"but the archive contains 9 bytes of {DOCUMENTED[builder.kind][0]}"
    )
    assert seen.exchanges == (0, 2)


def test_uploaded_files_from_outside_the_period_are_violation(builder):
    filtered(builder, NOTHING, archive(builder, "files/s_i_0.jpg", lines=b""))
    assert builder.violation(FILTER, LATER).seen.endswith("contains uploaded files")


def test_tasks_without_responses_may_be_listed():
    builder = TraceBuilder("batch")
    response = download(*(name for name in DOCUMENTED["batch"] if "submission" not in name))
    filtered(builder, NOTHING, response)
    assert builder.outcomes(FILTER, LATER) == [HELD]


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?study_id=a",
        "?to=2020-01-01",
        "?to=2020-01-01T00:00:01Z",
        "?from=2015-01-01T00:00:00Z",
    ],
)
def test_archive_of_a_filter_that_may_select_something_is_not_judged(builder, query):
    filtered(builder, query, archive(builder))
    assert builder.outcomes(FILTER, LATER) == []


def test_archive_of_a_job_that_no_request_started_is_not_judged(builder):
    builder.request(complete(), resource=ID, query=NOTHING)
    builder.fetch(archive(builder))
    assert builder.outcomes(FILTER, LATER) == []
