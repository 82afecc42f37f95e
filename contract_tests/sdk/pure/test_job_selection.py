"""Which jobs of a list are chosen to be deleted."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from prolific_exports import ListedJob, UsageError, select_jobs

NOON = datetime(2026, 3, 20, 12, tzinfo=UTC)


def job(name, hours, status="complete"):
    return ListedJob(name, status, NOON - timedelta(hours=hours))


JOBS = [
    job("running", 0, "generating"),
    job("failed-lately", 1, "failed"),
    job("new", 2),
    job("odd", 3, "archived"),
    job("failed", 4, "failed"),
    job("old", 5),
]


def chosen(**conditions):
    found = select_jobs(JOBS, **conditions)
    return [[one.export_id for one in part] for part in (found.selected, found.kept)]


def test_without_condition_all_ended_jobs_are_selected():
    assert chosen() == [["failed-lately", "new", "odd", "failed", "old"], []]


def test_unfinished_jobs_are_neither_selected_nor_kept():
    assert select_jobs(JOBS).unfinished == (JOBS[0],)
    assert select_jobs(JOBS, keep=9).unfinished == (JOBS[0],)


@pytest.mark.parametrize(
    ("keep", "kept"), [(0, []), (1, ["new"]), (2, ["new", "odd"]), (9, ["new", "odd", "old"])]
)
def test_keep_counts_only_jobs_that_have_an_archive(keep, kept):
    selected = [one.export_id for one in JOBS[1:] if one.export_id not in kept]
    assert chosen(keep=keep) == [selected, kept]


def test_before_excludes_the_moment_itself():
    assert chosen(before=NOON - timedelta(hours=4)) == [
        ["old"],
        ["failed-lately", "new", "odd", "failed"],
    ]


def test_conditions_must_both_hold():
    assert chosen(before=NOON - timedelta(hours=3, minutes=30), keep=2)[0] == ["failed", "old"]
    assert chosen(before=NOON - timedelta(hours=3, minutes=30), keep=3)[0] == ["failed"]


def test_keep_chooses_the_newest_whatever_the_order_of_the_list():
    assert [one.export_id for one in select_jobs(JOBS[::-1], keep=1).kept] == ["new"]


def test_keep_negative_is_refused():
    with pytest.raises(UsageError, match="Cannot keep -1 exports"):
        select_jobs(JOBS, keep=-1)


@settings(deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, 5), st.sampled_from(["complete", "failed", "generating", "archived"])
        ),
        max_size=10,
    ),
    st.integers(0, 5),
    st.integers(0, 5),
)
def test_every_job_is_in_exactly_one_part_in_the_order_of_the_list(made, keep, age):
    jobs = [job(str(number), hours, status) for number, (hours, status) in enumerate(made)]
    found = select_jobs(jobs, before=NOON - timedelta(hours=age), keep=keep)
    parts = (found.selected, found.kept, found.unfinished)
    assert sorted((one for part in parts for one in part), key=jobs.index) == jobs
    assert all(list(part) == sorted(part, key=jobs.index) for part in parts)
    assert not [one for one in found.selected if one.created_at >= NOON - timedelta(hours=age)]
    archives = [one for one in found.kept if one.status != "failed"]
    available = [one for one in jobs if one.status not in ("failed", "generating")]
    assert len(archives) >= min(keep, len(available))
