"""``prolific-exports list`` and ``delete``: export jobs at Prolific."""

import httpx
import pytest
from helpers import api

FILTER = {"study_id": "65a1", "from": "2026-03-01T00:00:00Z"}


@pytest.fixture
def listing(router, kind):
    return router.get(api.post_url(kind)).mock(
        return_value=api.jobs(
            api.listed(api.OTHER_EXPORT_ID, "generating", "2026-03-20T10:05:00Z"),
            api.listed(created_at="2026-03-20T08:55:00Z", filter_=FILTER),
        )
    )


def test_list_prints_aligned_columns(cli, kind, listing):
    outcome = cli("list", kind, api.RESOURCE[kind])
    assert (outcome.code, outcome.err) == (0, "")
    rows = [line.split("  ") for line in outcome.out.splitlines()]
    assert [[cell.strip() for cell in row if cell] for row in rows] == [
        ["EXPORT_ID", "STATUS", "CREATED", "AGE", "FILTER"],
        [api.OTHER_EXPORT_ID, "generating", "2026-03-20 10:05 UTC", "0 s", "-"],
        [
            api.EXPORT_ID,
            "complete",
            "2026-03-20 08:55 UTC",
            "1 h 5 min",
            "study 65a1, from 2026-03-01T00:00:00Z",
        ],
    ]
    headings, _, last = outcome.out.splitlines()
    assert headings.index("FILTER") == last.index("study"), "the columns are straight"
    assert not [line for line in outcome.out.splitlines() if line != line.rstrip()]


def test_list_json(cli, kind, listing):
    outcome = cli("list", kind, api.RESOURCE[kind], "--json")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.json == {
        "kind": kind,
        "id": api.RESOURCE[kind],
        "jobs": [
            {
                "export_id": api.OTHER_EXPORT_ID,
                "status": "generating",
                "created_at": "2026-03-20T10:05:00+00:00",
                "filter": None,
            },
            {
                "export_id": api.EXPORT_ID,
                "status": "complete",
                "created_at": "2026-03-20T08:55:00+00:00",
                "filter": FILTER,
            },
        ],
        "error": None,
    }


def test_list_without_jobs_prints_nothing_on_stdout(cli, router):
    router.get(api.post_url("batch")).mock(return_value=api.jobs())
    outcome = cli("list", "batch", api.BATCH)
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err == f"batch {api.BATCH} has no exports.\n"
    assert cli("list", "batch", api.BATCH, "--json").json["jobs"] == []


def test_list_escapes_control_characters_of_the_server(cli, router):
    router.get(api.post_url("batch")).mock(
        return_value=api.jobs(
            api.listed(status="\x1b[31mred", filter_={"study_id": "a\nb", "more": "\x1b[0m"})
        )
    )
    outcome = cli("list", "batch", api.BATCH)
    assert "\x1b" not in outcome.out
    assert outcome.out.count("\n") == 2
    assert "\\x1b[31mred" in outcome.out
    assert cli("list", "batch", api.BATCH, "--json").json["jobs"][0]["filter"] == {
        "study_id": "a\nb",
        "more": "\x1b[0m",
    }


def test_list_on_edition_2026_03_fails(cli, router):
    router.get(api.post_url("batch")).mock(return_value=api.error(405))
    outcome = cli("list", "batch", api.BATCH)
    assert (outcome.code, outcome.out) == (1, "")
    assert "edition 2026-03" in outcome.err
    assert outcome.err.count("\n") == 1
    with_json = cli("list", "batch", api.BATCH, "--json")
    assert (with_json.code, with_json.err) == (1, outcome.err)
    assert with_json.json["error"]["type"] == "UnsupportedError"
    assert with_json.json["jobs"] is None


def test_list_wrong_usage_exits_with_2_and_sends_nothing(cli, router):
    outcome = cli("list", "batch", "a b", "--json")
    assert outcome.code == 2
    assert outcome.json["id"] == "a b"
    assert "is not the id of a batch" in outcome.json["error"]["message"]
    outcome = cli("list", "study", "1", "--json")
    assert outcome.code == 2
    assert outcome.json.keys() == {"kind", "id", "jobs", "error"}
    assert not router.calls


def test_retries_are_printed(cli, router):
    router.get(api.post_url("batch")).mock(side_effect=[api.error(503), api.jobs()])
    outcome = cli("list", "batch", api.BATCH)
    assert outcome.err.startswith(f"batch {api.BATCH}: retrying in ")


@pytest.fixture
def jobs(router, kind):
    return {
        export_id: router.delete(api.get_url(kind, export_id)).mock(
            return_value=httpx.Response(204)
        )
        for export_id in api.job_ids(3)
    }


def test_delete_prints_the_id_of_each_job(cli, kind, jobs):
    ids = list(jobs)
    outcome = cli("delete", kind, api.RESOURCE[kind], *ids, f" {ids[0]} ")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.splitlines() == ids
    assert [route.call_count for route in jobs.values()] == [1, 1, 1]


def test_delete_failure_does_not_stop_the_others(cli, kind, jobs):
    first, second, third = jobs
    jobs[second].mock(return_value=api.error(409))
    outcome = cli("delete", kind, api.RESOURCE[kind], first, second, third)
    assert outcome.code == 1
    assert outcome.out.splitlines() == [first, third]
    assert outcome.err.count("\n") == 1
    assert second in outcome.err
    assert "while it is being generated" in outcome.err


def test_delete_wrong_usage_exits_with_2_and_deletes_nothing(cli, router, kind, jobs):
    outcome = cli("delete", kind, api.RESOURCE[kind], *jobs, "../x")
    assert (outcome.code, outcome.out) == (2, "")
    assert "is not the id of an export" in outcome.err
    assert cli("delete", kind, api.RESOURCE[kind]).code == 2
    assert not router.calls


def test_delete_interrupt_exits_with_130(cli, kind, jobs):
    def interrupted(_):
        raise KeyboardInterrupt

    first, second, third = jobs
    jobs[second].mock(side_effect=interrupted)
    outcome = cli("delete", kind, api.RESOURCE[kind], first, second, third)
    assert (outcome.code, outcome.out) == (130, f"{first}\n")
    assert jobs[third].call_count == 0
