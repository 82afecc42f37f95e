"""Each mutant does what its sentence says, where its name says, and nothing else."""

import re
from datetime import timedelta

import pytest
from helpers.export_requests import (
    TOKEN,
    ask,
    body,
    content,
    course,
    looks,
    replay,
    settings_for,
)
from helpers.reply_changes import (
    ago,
    answered,
    as_authorized,
    bytes_are,
    each_job_is,
    error_says,
    found_elsewhere,
    holds,
    instead,
    is_page,
    jobs_are,
    main_member,
    moved,
    of_type,
    refused,
    says,
    times_are,
    url_is,
    without,
)
from helpers.reply_predicates import (
    aged,
    complete,
    error,
    generating,
    has_failed,
    jobs,
    labelled,
    members,
    more,
    served,
    state,
    succeeded,
    unknown,
    with_status,
)
from prolific_contract import KINDS, path_of
from prolific_contract.sandbox import (
    ManualClock,
    Reply,
    SandboxError,
    SandboxSettings,
)
from prolific_contract.sandbox.mutants import FAULTS, MUTANTS, MutatedSite, mutant


def outcomes_of(one, edition):
    """Label by label: the clean sandbox's answer and the mutant's."""
    steps = course(edition, one.operation.kind, first_fails=one.first_job_fails)
    if one.operation.action != "archive":
        # Archives take most of the time, and are compared where they are what is wrong.
        steps = tuple(step for step in steps if step.label[0] != "archive")
    clock = ManualClock()
    site = MutatedSite(one, settings_for(edition, first_fails=one.first_job_fails), clock)
    outcomes = replay(site, clock, steps)
    site.close()
    return {
        step.label: (step.clean, outcomes[step.label], differ(step.clean, outcomes[step.label]))
        for step in steps
    }


def differ(clean, outcome):
    return looks(clean) != looks(outcome)


def changed_by(one, edition):
    return {label for label, (_, _, differs) in outcomes_of(one, edition).items() if differs}


SINGLE = {
    "reset": (lambda label, reply: reply.status < 300, instead("reset")),
    "hang": (lambda label, reply: reply.status < 300, instead("hang")),
    "garbage": (lambda label, reply: reply.status < 300, instead("garbage")),
    "cut": (lambda label, reply: reply.status < 300, instead("cut")),
    "status-201": (succeeded, answered(201)),
    "status-swapped": (succeeded, lambda clean, reply: {clean.status, reply.status} == {200, 202}),
    "status-204": (succeeded, lambda clean, reply: reply.status == 204 and not content(reply)),
    "status-500": (succeeded, refused(500)),
    "status-redirect": (
        succeeded,
        lambda clean, reply: reply.status == 307 and reply.header("location").endswith("/"),
    ),
    "error-422": (unknown, refused(422)),
    "failed-500": (has_failed, refused(500)),
    "content-type-text": (succeeded, of_type("text/plain; charset=utf-8")),
    "content-type-missing": (succeeded, of_type(None)),
    "content-type-problem": (error, of_type("application/problem+json")),
    "field-missing": (more, says(lambda it: without(main_member(it))(it))),
    "expiry-missing": (complete, says(without("expires_at"))),
    "status-missing": (succeeded, says(without("status"))),
    "field-null": (more, says(lambda it: {**it, main_member(it): None})),
    "field-type": (
        more,
        lambda clean, reply: isinstance(body(reply)[main_member(body(clean))], int | dict),
    ),
    "field-renamed": (
        more,
        lambda clean, reply: (
            {"exportId", "download_url"} & body(reply).keys()
            and list(body(reply).values()) == list(body(clean).values())
        ),
    ),
    "status-upper": (succeeded, says(lambda it: {**it, "status": it["status"].upper()})),
    "status-unknown": (
        more,
        lambda clean, reply: body(reply)["status"] in ("processing", "done"),
    ),
    "failed-unknown": (has_failed, says(lambda it: {"status": "error"})),
    "date-naive": (complete, says(lambda it: {**it, "expires_at": it["expires_at"][:-1]})),
    "date-only": (complete, says(lambda it: {**it, "expires_at": it["expires_at"][:10]})),
    "date-epoch": (complete, lambda clean, reply: body(reply)["expires_at"] > 4e9),
    "uuid-not": (
        generating,
        lambda clean, reply: body(reply)["export_id"] == f"job-{body(clean)['export_id'][:8]}",
    ),
    "url-empty": (complete, says(lambda it: {**it, "url": ""})),
    "body-list": (succeeded, says(lambda it: [it])),
    "body-wrapped": (succeeded, says(lambda it: {"data": it})),
    "json-duplicate-key": (
        succeeded,
        lambda clean, reply: content(reply).count(b'"status"') == 2 and body(reply) == body(clean),
    ),
    "json-nan": (succeeded, bytes_are(lambda it: it[:-1] + b', "progress": NaN}')),
    "json-bom": (succeeded, bytes_are(lambda it: b"\xef\xbb\xbf" + it)),
    "json-trailing": (succeeded, bytes_are(lambda it: it + b", {}")),
    "json-latin1": (succeeded, bytes_are(lambda it: it[:-1] + b', "state": "pr\xeat"}')),
    "json-utf16": (
        succeeded,
        lambda clean, reply: content(reply).decode("utf-16") == content(clean).decode(),
    ),
    "json-python": (succeeded, lambda clean, reply: content(reply) == str(body(clean)).encode()),
    "error-flat": (error, says(lambda it: {"detail": it["error"]["detail"]})),
    "error-status-differs": (error, error_says(lambda it: {**it, "status": 400})),
    "error-html": (error, is_page),
    "error-field-missing": (error, error_says(without("error_code"))),
    "error-detail-null": (error, error_says(lambda it: {**it, "detail": None})),
    "error-code-text": (error, error_says(lambda it: {**it, "error_code": "E140000"})),
    "error-empty": (error, lambda clean, reply: reply.status >= 400 and not content(reply)),
    "unknown-html": (unknown, is_page),
    "field-extra": (succeeded, says(lambda it: {**it, "progress": 100})),
    "field-extra-in-error": (
        error,
        lambda clean, reply: without("request_id")(body(reply)["error"]) == body(clean)["error"],
    ),
    "expired": (complete, ago(hours=1)),
    "expired-opaque": (complete, ago(hours=1)),
    "expired-local": (complete, ago(hours=10)),
    "url-expiry-differs": (complete, moved(hours=2)),
    "url-expires-before": (complete, moved(minutes=-30)),
    "url-http": (complete, url_is(r"http://exports\.example/store/.+\?.+")),
    "url-userinfo": (complete, url_is(r"http://reader:sesame@127\.0\.0\.1:8417/store/.+\?.+")),
    "url-relative": (complete, url_is(r"/store/.+\?.+")),
    "url-no-scheme": (complete, url_is(r"//127\.0\.0\.1:8417/store/.+\?.+")),
    "url-s3": (complete, url_is(r"s3://exports/store/[^?]+")),
    "archive-html": (served, is_page),
    "archive-truncated": (
        served,
        lambda clean, reply: (
            content(clean).startswith(content(reply)) and len(content(reply)) < len(content(clean))
        ),
    ),
    "archive-empty": (served, lambda clean, reply: members(reply) == []),
    "archive-nothing": (served, bytes_are(lambda it: b"")),
    "archive-no-members": (
        served,
        lambda clean, reply: members(reply) == [f"{name}.bak" for name in members(clean)],
    ),
    "archive-no-responses": (served, holds(no=".jsonl")),
    "archive-no-metadata": (served, holds(no=("collection.json", "batch.json"))),
    "archive-other-kind": (
        served,
        lambda clean, reply: (
            len({"collection.json", "batch.json"} & {*members(clean), *members(reply)}) == 2
        ),
    ),
    "archive-needs-token": (served, lambda clean, reply: reply.status == 401),
    "archive-missing": (served, lambda clean, reply: reply.status == 404),
    "archive-refused": (served, lambda clean, reply: reply.status == 403),
    "auth-none": (labelled("no token"), as_authorized),
    "auth-malformed": (labelled("malformed token"), as_authorized),
    "auth-any-scheme": (labelled("other scheme"), as_authorized),
    "auth-any-token": (labelled("wrong token"), as_authorized),
    "auth-403": (with_status(401), refused(403)),
    "auth-404": (with_status(401), refused(404)),
    "auth-redirect": (with_status(401), lambda clean, reply: reply.status == 302),
    "token-echo": (succeeded, lambda clean, reply: TOKEN in body(reply).values()),
    "token-echo-header": (succeeded, lambda clean, reply: reply.header("x-request-token") == TOKEN),
    "token-echo-error": (
        unknown,
        lambda clean, reply: (
            reply.status == clean.status and TOKEN in body(reply)["error"]["detail"]
        ),
    ),
    "token-echo-url": (complete, lambda clean, reply: TOKEN in body(reply)["url"]),
    "unknown-job-200": (
        labelled("unknown", "unknown, again", "forbidden"),
        lambda clean, reply: state(reply) == "failed",
    ),
    "unknown-job-generating": (
        labelled("unknown", "unknown, again", "forbidden"),
        lambda clean, reply: state(reply) == "generating",
    ),
    "unknown-job-403": (labelled("unknown", "unknown, again", "forbidden"), refused(403)),
    "unknown-job-500": (labelled("unknown", "unknown, again", "forbidden"), refused(500)),
    "scope-kind": (labelled("other kind"), found_elsewhere),
    "scope-resource": (
        lambda label, reply: label in (("status", "other resource"), ("delete", "other resource")),
        found_elsewhere,
    ),
    "unknown-delete-204": (labelled("unknown"), lambda clean, reply: reply.status == 204),
    "unknown-delete-409": (labelled("unknown"), refused(409)),
    "forbidden-list": (labelled("forbidden"), lambda clean, reply: body(reply) == []),
    "forbidden-delete": (labelled("forbidden"), lambda clean, reply: reply.status == 204),
    "json-trailing-in-error": (error, bytes_are(lambda it: it + b", {}")),
    "list-wrapped": (jobs, jobs_are(lambda found: {"results": found})),
    "list-null": (jobs, jobs_are(lambda found: None)),
    "list-field-missing": (jobs, each_job_is(without("export_id"))),
    "list-created-missing": (jobs, each_job_is(without("created_at"))),
    "list-uuid-not": (
        jobs,
        each_job_is(lambda job: {**job, "export_id": f"job-{job['export_id'][:8]}"}),
    ),
    "list-date-naive": (
        jobs,
        each_job_is(lambda job: {**job, "created_at": job["created_at"][:-1]}),
    ),
    "list-filter-text": (jobs, each_job_is(lambda job: {**job, "filter": "None"})),
    "list-status-number": (jobs, each_job_is(lambda job: {**job, "status": 1})),
    "list-field-extra": (jobs, each_job_is(lambda job: {**job, "size": 140000})),
    "list-filter-extra": (jobs, each_job_is(lambda job: {**job, "filter": {"cohort": "a"}})),
    "list-oldest-first": (jobs, jobs_are(lambda found: found[::-1])),
    "list-shuffled": (jobs, jobs_are(lambda found: [*found[-1:], *found[:-1]])),
    "list-twice": (jobs, jobs_are(lambda found: [found[0], *found])),
    "list-created-ahead": (jobs, times_are(lambda created, _: created + timedelta(hours=1))),
    "list-filter-invented": (
        jobs,
        each_job_is(lambda job: {**job, "filter": {"study_id": "64d0c0de"}}),
    ),
    "list-empty": (jobs, jobs_are(lambda found: [])),
    "list-lacks-newest": (jobs, jobs_are(lambda found: found[1:])),
    "list-failed": (jobs, each_job_is(lambda job: {**job, "status": "failed"})),
    "forbidden-200": (
        labelled("forbidden"),
        lambda clean, reply: reply.status == 202 and state(reply) == "generating",
    ),
    "forbidden-status": (labelled("forbidden"), lambda clean, reply: state(reply) == "failed"),
    "method-200": (with_status(405), lambda clean, reply: state(reply) == "failed"),
    "method-404": (with_status(405), refused(404)),
    "method-no-allow": (
        with_status(405),
        lambda clean, reply: reply.header("allow") is None and content(reply) == content(clean),
    ),
    "id-changes": (
        generating,
        lambda clean, reply: body(reply)["export_id"] != body(clean)["export_id"],
    ),
    "id-of-another": (
        generating,
        lambda clean, reply: body(reply)["export_id"] != body(clean)["export_id"],
    ),
    "complete-regresses": (
        lambda label, reply: complete(label, reply) and label[1].endswith("again"),
        lambda clean, reply: state(reply) == "generating",
    ),
    "get-creates": (
        labelled("unknown, again"),
        lambda clean, reply: state(reply) == "generating",
    ),
    "list-created-behind": (jobs, times_are(lambda created, _: created - timedelta(hours=8))),
    "list-created-moves": (aged, times_are(lambda _, answered: answered)),
    "list-ghost": (
        jobs,
        lambda clean, reply: (
            body(reply)[:-1] == body(clean)
            and body(reply)[-1]["export_id"] not in [job["export_id"] for job in body(clean)]
        ),
    ),
}
# Their consequences reach further than the answers of one operation, or they need a filter.
WIDER = {
    "list-stuck",
    "list-empty-404",
    "list-scope-near",
    "deleted-returns",
    "deleted-reused",
    "delete-generating-once",
    "filter-one-time",
    "filter-study-alone",
    "filter-study-uuid",
    "filter-by-text",
    "forbidden-filtered",
    # In test_mutants_access.
    "auth-last-character",
    "auth-first-character",
    "auth-not-filtered",
    "auth-after-state",
    "near-resource-shorter",
    "near-resource-longer",
    "resource-of-other-kind",
    # In test_managing_mutants.
    "list-complete-early",
    "list-filter-lost",
    "list-filter-other",
    "list-lacks-filtered",
    "list-lacks-generating",
    "list-scope-kind",
    "list-scope-resource",
    "delete-nothing",
    "delete-later",
    "delete-list-only",
    "delete-job-only",
    "delete-generating",
    "delete-generating-404",
    "delete-despite-401",
    "delete-despite-404",
    "delete-despite-409",
    "filter-ignored",
    "filter-coarse",
    "filter-restarts",
    "limit-none",
    "limit-flat",
    "limit-in-name-only",
    "limit-for-ever",
    "complete-not-reused",
    "failed-completes",
    "job-unknown",
    "job-vanishes",
    "job-vanishes-early",
    "id-reused",
    "request-restarts",
    "complete-reused",
    "never-completes",
    "failed-regenerates",
    "failed-restarts",
    "access-lost-401",
    "access-lost-403",
    "access-lost-404",
    "list-refused-403",
    "list-refused-404",
    "delete-ended-403",
    "delete-ended-404",
    "delete-ended-409",
    "filter-refused",
    "filter-forbidden",
    "limited-for-ever",
    "unavailable-for-ever",
    "store-unavailable",
    "request-always-starts",
    "filter-to-ignored",
    "filter-from-ignored",
    "filter-study-ignored",
    "filter-for-all",
    "filter-complete-reused",
    "delete-again-204",
    "delete-again-409",
    "delete-all",
    "delete-another",
    "delete-oldest-too",
    # In test_mutants_access.
    "auth-empty",
    "auth-no-scheme",
    "auth-near-scheme",
    "auth-prefix",
    "auth-suffix",
    "auth-longer",
    "auth-any-case",
    "auth-not-complete",
    "auth-not-slash",
    "auth-after-job",
    "auth-after-resource",
    "auth-after-access",
    "near-job-prefix",
    "near-job-shorter",
    "near-job-longer",
    "unknown-resource-exported",
    "unknown-resource-status",
    "unknown-resource-listed",
    "unknown-resource-deleted",
    # In test_mutants_store.
    "url-azure-expires-before",
    "url-policy-expires-before",
    "url-for-a-day",
    "url-for-a-month",
    "url-for-two-hours",
    "url-of-another",
    "url-for-a-minute",
    "url-once",
    "etag-changes",
    "archive-packed-again",
    "range-short",
    "range-long",
    "range-past-end",
    "range-elsewhere",
    "range-unstated",
    "range-misread",
    # In test_archive_members.
    "archive-encrypted",
    "archive-encrypted-aes",
    "archive-absolute",
    "archive-climbing",
    "archive-backslash",
    "archive-drive",
    "archive-null",
    "archive-nameless",
    "archive-name-twice",
    "archive-other-resource",
    "archive-stale",
    "archive-from-future",
    "archive-no-time",
    "archive-other-root",
    "archive-no-root",
    "archive-flat-files",
    "archive-files-elsewhere",
    "archive-empty-metadata",
    "archive-empty-readme",
    "archive-own-names",
    "archive-nested-files",
    "archive-unfiltered",
    "archive-unfiltered-files",
    "archive-no-readme",
    # In test_archive_content.
    "archive-crc",
    "archive-length",
    "archive-deflated-wrongly",
    "lines-not-json",
    "lines-not-objects",
    "lines-twice",
    "lines-without-participant",
    "lines-with-numbers",
    "lines-of-tasks-lost",
    "lines-of-another",
    "lines-from-future",
    "metadata-not-json",
    "metadata-without-instructions",
    "metadata-of-another",
    "metadata-stale",
    "instructions-not-listed",
    "upload-missing",
    "upload-unnamed",
    "upload-of-another",
    "filter-from-exclusive",
    "period-from-ignored",
    "filter-to-inclusive",
    # In test_filter_mutants.
    "filter-by-day",
    "filter-study-undated",
    "request-cancels",
    # In test_json_mutants.
    "json-gzip",
    "json-deep",
}

# Both kinds and both editions have the same faults: one is enough here, each time another one.
ALWAYS = [
    pytest.param(one, edition, id=f"{one.name}-{edition}")
    for number, name in enumerate(SINGLE)
    for one in MUTANTS.values()
    if (one.fault.name, one.trigger, one.operation.kind) == (name, "always", KINDS[number % 2])
    for edition in [one.editions[number // 2 % len(one.editions)]]
]


def test_every_fault_is_tested():
    assert {fault.name for fault in FAULTS} == SINGLE.keys() | WIDER
    assert not SINGLE.keys() & WIDER


@pytest.mark.parametrize(("one", "edition"), ALWAYS)
def test_fault_changes_only_the_responses_of_its_operation(one, edition):
    applies, check = SINGLE[one.fault.name]
    outcomes = outcomes_of(one, edition)
    expected = {
        label
        for label, (clean, _, _) in outcomes.items()
        if label[0] == one.operation.action and applies(label, clean)
    }
    assert {label for label, (_, _, differs) in outcomes.items() if differs} == expected != set()
    for label in expected:
        clean, reply, _ = outcomes[label]
        assert check(clean, reply), (label, reply)


def rarely(shows):
    return [
        pytest.param(one, id=one.name)
        for one in MUTANTS.values()
        if one.trigger == shows and one.operation.kind == "batch" and one.fault.name in SINGLE
    ]


def changed_always(one, edition):
    return changed_by(MUTANTS[one.name.replace(f"-{one.trigger}@", "@")], edition)


@pytest.mark.parametrize("one", rarely("late"))
def test_late_fault_starts_at_the_third_status_request_of_a_job(one):
    polls = ["generating 2", "generating 3", "ended 0", "ended 0, again", "ended 1, again"]
    polls += ["jobs 2", "jobs 3", "after deletion"]
    for edition in one.editions:
        expected = {label for label in changed_always(one, edition) if label[1] in polls}
        assert changed_by(one, edition) == expected != set()


@pytest.mark.parametrize("one", rarely("second"))
def test_second_fault_changes_only_the_second_export_of_a_resource(one):
    for edition in one.editions:
        labels = {label[1] for label in changed_by(one, edition)}
        assert labels
        assert labels <= {
            *("after", "third", "second generating", "ended 1", "ended 1, again", "archive 1"),
            *("jobs 0", "jobs 1", "jobs 2", "jobs 3", "after deletion", "deleted"),
        }


@pytest.mark.parametrize("one", rarely("sometimes"))
def test_sometimes_fault_changes_the_same_responses_in_each_run(one):
    changed = {edition: changed_by(one, edition) for edition in one.editions}
    assert changed == {edition: changed_by(one, edition) for edition in one.editions}
    assert all(changed[edition] < changed_always(one, edition) for edition in one.editions)
    assert any(changed.values())


def test_sometimes_fault_depends_on_the_seed():
    one = MUTANTS["status-201-sometimes@batch-status"]

    def statuses(seed):
        site = MutatedSite(one, SandboxSettings(token=TOKEN, seed=seed), ManualClock())
        resource = site.settings.id_of("batch")
        job = body(ask(site, "POST", path_of("batch", resource)))["export_id"]
        return [ask(site, "GET", path_of("batch", resource, job)).status for _ in range(20)]

    assert statuses(1) == statuses(1) != statuses(2)
    assert set(statuses(1)) == {200, 201}


def test_every_response_has_a_date():
    one = MUTANTS["status-500@batch-status"]
    outcomes = outcomes_of(one, "2026-03")
    assert all(
        isinstance(reply, Reply) and reply.header("date") for _, reply, _ in outcomes.values()
    )


def test_unknown_mutant_is_refused_with_similar_names():
    with pytest.raises(SandboxError, match=r"mutant 'status-20@batch-request': did you mean"):
        mutant("status-20@batch-request")
    with pytest.raises(SandboxError, match="unknown mutant 'x': see --list-mutants"):
        mutant("x")
    assert mutant("expired@batch-status") is MUTANTS["expired@batch-status"]


def test_fault_of_one_edition_is_refused_in_the_other():
    one = MUTANTS["complete-reused@batch-request"]
    with pytest.raises(SandboxError, match="exists in edition 2026-11 only"):
        MutatedSite(one)


def test_fault_names_are_unique_with_well_formed_descriptions():
    assert len({fault.name for fault in FAULTS}) == len(FAULTS)
    for fault in FAULTS:
        assert re.fullmatch(r"It ((?!\. ).)+[^. ]", fault.sentence), fault.name
    late = MUTANTS["expired-late@batch-status"]
    assert late.sentence == (
        "It sends an expires_at one hour in the past; only from the third status or list request on"
    )
    assert MUTANTS["expired@batch-status"].sentence == "It sends an expires_at one hour in the past"
