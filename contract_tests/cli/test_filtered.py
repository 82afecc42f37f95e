"""``prolific-exports download`` with a filter, and with ``--delete-after``."""

import shlex
from datetime import datetime

import httpx
import pytest
from helpers import api
from prolific_exports import ExportArchive, ExportFilter

STUDY = "65a1b2c3d4e5f6a7b8c9d0e1"
ASKED = ("--study-id", STUDY, "--from", "2026-03-01T00:00:00+01:00", "--to", "2026-04-01T00:00Z")
LISTED = {"study_id": STUDY, "from": "2026-02-28T23:00:00Z", "to": "2026-04-01T00:00:00Z"}
GONE = httpx.Response(204)


@pytest.fixture
def ready(router, kind):
    router.get(api.post_url(kind)).mock(return_value=api.jobs(api.listed(filter_=LISTED)))
    router.get(api.get_url(kind)).mock(return_value=api.complete())
    router.get(url__startswith=api.STORE).mock(return_value=api.stored())
    return router.post(api.post_url(kind)).mock(return_value=api.generating())


def test_download_filter_is_in_the_file_name(cli, folder, kind, ready):
    outcome = cli("download", kind, api.RESOURCE[kind], *ASKED)
    assert outcome.code == 0
    assert dict(ready.calls.last.request.url.params) == {
        "study_id": STUDY,
        "from": "2026-02-28T23:00:00+00:00",
        "to": "2026-04-01T00:00:00+00:00",
    }
    label = f"-study-{STUDY}-from-20260228T230000Z-to-20260401T000000Z.zip\n"
    assert outcome.out.endswith(label)
    assert (folder / outcome.out.rstrip()).exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--from", "2026-04-01T00:00Z", "--to", "2026-03-01T00:00Z"], "must be later"),
        (["--study-id", "a/b"], "is not the id of a study"),
        (["--delete-after", "--no-verify"], "leave out --delete-after or --no-verify"),
    ],
)
def test_download_contradictory_options_exit_with_2_and_send_nothing(
    cli, router, arguments, message
):
    outcome = cli("download", "batch", api.BATCH, *arguments)
    assert outcome.code == 2
    assert message in outcome.err
    assert not router.calls


def test_download_filter_ignored_by_the_server_saves_nothing(cli, folder, router, kind, ready):
    router.get(api.post_url(kind)).mock(return_value=api.error(405))
    outcome = cli("download", kind, api.RESOURCE[kind], *ASKED, "--json")
    assert outcome.code == 1
    assert outcome.json["results"][0]["error"]["type"] == "FilterIgnoredError"
    assert "export all responses" in outcome.err
    assert list(folder.iterdir()) == []


def test_download_suggested_command_has_the_filter(cli, folder, router, kind, ready):
    router.get(api.get_url(kind)).mock(return_value=api.generating())
    outcome = cli("download", kind, api.RESOURCE[kind], *ASKED, "--delete-after", "--timeout", "9")
    assert outcome.code == 3
    line = outcome.err.partition("To resume, run: ")[2].strip()
    words = shlex.split(line)
    assert words == [
        *("prolific-exports", "download", kind, api.RESOURCE[kind]),
        *("--export-id", api.EXPORT_ID, "--study-id", STUDY),
        *("--from", "2026-02-28T23:00:00Z", "--to", "2026-04-01T00:00:00Z"),
        *("--timeout", "9", "--delete-after"),
    ]
    router.get(api.get_url(kind)).mock(return_value=api.complete())
    delete = router.delete(api.get_url(kind)).mock(return_value=GONE)
    outcome = cli(*words[1:])
    assert outcome.code == 0
    assert (ready.call_count, delete.call_count) == (1, 1)


def test_download_adopted_job_prints_a_line(cli, router, kind, ready):
    ready.mock(side_effect=[httpx.ReadError("connection reset")])
    router.get(api.post_url(kind)).mock(return_value=api.jobs(api.listed(status="generating")))
    outcome = cli("download", kind, api.RESOURCE[kind])
    assert outcome.code == 0
    assert (
        f"the server received the request: continuing with export {api.EXPORT_ID}\n" in outcome.err
    )


def test_download_job_limit_lists_the_jobs(cli, router):
    router.post(api.post_url("batch")).mock(return_value=api.error(409))
    jobs = [api.listed(export_id, "a\n  b\x1b[2J") for export_id in api.job_ids(10)]
    router.get(api.post_url("batch")).mock(return_value=api.jobs(*jobs))
    outcome = cli("download", "batch", api.BATCH)
    assert outcome.code == 1
    first, *lines = outcome.err.splitlines()
    assert f"prolific-exports delete batch {api.BATCH} EXPORT_ID" in first
    assert [line[:38] for line in lines] == [f"  {export_id}" for export_id in api.job_ids(10)]
    assert "\x1b" not in outcome.err


def test_delete_after_prints_a_line(cli, router, kind, ready):
    router.delete(api.get_url(kind)).mock(return_value=GONE)
    outcome = cli("download", kind, api.RESOURCE[kind], "--delete-after", "--json")
    assert outcome.code == 0
    assert outcome.json["results"][0]["deleted"] is True
    assert outcome.json["results"][0]["export_id"] == api.EXPORT_ID
    assert f"deleted export {api.EXPORT_ID} from Prolific\n" in outcome.err


@pytest.mark.parametrize("quiet", [(), ("--quiet",)], ids=["", "quiet"])
def test_delete_after_failure_is_reported_and_exits_with_0(cli, folder, router, kind, ready, quiet):
    router.delete(api.get_url(kind)).mock(return_value=api.error(403))
    arguments = ("download", kind, api.RESOURCE[kind], "-o", "x.zip", "--delete-after", *quiet)
    outcome = cli(*arguments)
    assert (outcome.code, outcome.out) == (0, "x.zip\n")
    assert (folder / "x.zip").read_bytes() == api.ARCHIVE
    *_, why, how = outcome.err.splitlines()
    assert why.startswith(
        f"{kind} {api.RESOURCE[kind]}: saved, but the export was not deleted from Prolific: "
        "No access to "
    )
    command = f"prolific-exports delete {kind} {api.RESOURCE[kind]} {api.EXPORT_ID}"
    assert how == f"To delete it, run: {command}"
    result = cli(*arguments, "--json", "--overwrite").json["results"][0]
    assert (result["status"], result["deleted"], result["error"]) == ("saved", False, None)


@pytest.mark.parametrize("status", [404, 405])
def test_delete_after_permanent_failure_suggests_no_command(cli, router, kind, ready, status):
    router.delete(api.get_url(kind)).mock(return_value=api.error(status))
    outcome = cli("download", kind, api.RESOURCE[kind], "--delete-after")
    assert outcome.code == 0
    assert "saved, but the export was not deleted from Prolific" in outcome.err
    assert "To delete it" not in outcome.err


def test_delete_after_job_without_id_is_reported(cli, router, kind, ready):
    ready.mock(return_value=api.complete())
    outcome = cli("download", kind, api.RESOURCE[kind], "--delete-after", "--json")
    assert outcome.code == 0
    assert outcome.json["results"][0]["deleted"] is False
    assert "its id is unknown" in outcome.err
    assert "To delete it" not in outcome.err


def test_delete_after_several_ids_reports_each_job(cli, router, kind, ready):
    other = f"{api.RESOURCE[kind]}x"
    base = api.post_url(kind).replace(api.RESOURCE[kind], other)
    router.post(base).mock(return_value=api.generating(api.OTHER_EXPORT_ID))
    router.get(f"{base}/{api.OTHER_EXPORT_ID}").mock(return_value=api.failed())
    router.delete(api.get_url(kind)).mock(return_value=GONE)
    outcome = cli("download", kind, api.RESOURCE[kind], other, "--delete-after", "--json")
    assert [result["deleted"] for result in outcome.json["results"]] == [True, None]


def test_delete_after_interrupt_keeps_the_archive(cli, folder, router, kind, ready):
    def interrupted(_):
        raise KeyboardInterrupt

    router.delete(api.get_url(kind)).mock(side_effect=interrupted)
    outcome = cli("download", kind, api.RESOURCE[kind], "-o", "x.zip", "--delete-after", "--json")
    assert outcome.code == 130
    (result,) = outcome.json["results"]
    assert (result["status"], result["path"], result["deleted"]) == ("interrupted", "x.zip", None)
    assert (folder / "x.zip").read_bytes() == api.ARCHIVE


def test_delete_after_interrupt_reports_the_unknown_outcome(cli, router, kind, ready):
    def interrupted(_):
        raise KeyboardInterrupt

    router.delete(api.get_url(kind)).mock(side_effect=interrupted)
    outcome = cli("download", kind, api.RESOURCE[kind], "-o", "x.zip", "--delete-after")
    assert (outcome.code, outcome.out) == (130, "x.zip\n")
    assert outcome.err.splitlines()[-2:] == [
        f"Export {api.EXPORT_ID} may or may not have been deleted from Prolific.",
        f"To delete it, run: prolific-exports delete {kind} {api.RESOURCE[kind]} {api.EXPORT_ID}",
    ]


@pytest.mark.parametrize("named", [True, False])
def test_delete_after_interrupt_after_deletion_reports_no_doubt(
    cli, router, kind, ready, named, monkeypatch
):
    def interrupted(*_, **options):
        raise KeyboardInterrupt

    ready.mock(return_value=api.generating() if named else api.complete())
    router.delete(api.get_url(kind)).mock(return_value=GONE)
    monkeypatch.setattr(ExportArchive, "extract", interrupted)
    outcome = cli(
        *("download", kind, api.RESOURCE[kind], "-o", "x.zip", "--delete-after", "--extract", "y")
    )
    assert (outcome.code, outcome.out) == (130, "x.zip\n")
    assert "may or may not" not in outcome.err
    assert outcome.err.splitlines()[-1] == "To extract it, run: prolific-exports extract x.zip y"


def test_download_filter_keeps_microseconds(cli, router, kind, ready):
    moment = "2026-03-01T00:00:00.123456Z"
    router.get(api.post_url(kind)).mock(return_value=api.jobs(api.listed(filter_={"from": moment})))
    cli("download", kind, api.RESOURCE[kind], "--from", moment)
    asked = ExportFilter(from_=datetime.fromisoformat(moment))
    assert asked.conditions() == {"from": moment}
    assert ready.calls.last.request.url.params["from"] == "2026-03-01T00:00:00.123456+00:00"
