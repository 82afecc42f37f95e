"""What all reports say of a verdict."""

import pytest
from helpers import traces, verdicts
from helpers.traces import DELETED, TraceBuilder
from helpers.verdicts import COLLECTION_REQUEST, REQUEST, STATUS, broken, cells, held, law, noted
from prolific_contract import OPERATIONS
from prolific_contract.gate import Requirements
from prolific_contract.gate.reports._names import answer_name, operation_names
from prolific_contract.gate.reports._summary import MARK_MEANINGS, Summary, by_sentence, evidence
from prolific_contract.gate.trace import Subject, Trace

FINGERPRINTS = frozenset({"shape.error batch request", "shape.error batch status"})


def summary(*found, **changes):
    return Summary(verdicts.verdict(*found, **changes))


def test_headline_of_a_conforming_verdict():
    report = summary(*cells(law(), held(REQUEST)), *cells(law("a.b"), held(STATUS)))

    assert (report.result, report.headline) == ("passed", "2 of 2 laws exercised, none broken")
    more = summary(*cells(law(), held(REQUEST)), *cells(law("a.b")))
    assert more.headline == "1 of 2 laws exercised, none broken; not judged: batch status"


def test_headline_says_what_a_check_lacks():
    builder = traces.TraceBuilder("batch", Subject("batch", "r1"), Subject("batch", "r2"))
    builder.request(traces.generating())
    builder.poll(traces.running())
    one = summary(trace=builder.trace)
    assert one.why_inconclusive == (
        "no export of batch r1 was complete",
        "no response reported the state of an export of batch r2",
    )
    builder = traces.TraceBuilder("batch", Subject("batch", "r1"))
    builder.request(traces.complete())
    assert summary(trace=builder.trace).headline == (
        "no poll reported the state of an export of batch r1"
    )


def test_headline_names_the_required_laws_that_were_not_exercised():
    report = summary(
        *cells(law("time.completes"), held(REQUEST)),
        requirements=Requirements(("isolation.methods", "time.completes"), 2),
    )

    assert report.result == "inconclusive"
    assert report.headline == (
        "the required law isolation.methods was not exercised for a batch: it needs --profile "
        "full; 1 law exercised, but at least 2 required"
    )


def test_evidence_has_a_line_for_every_resource():
    builder = TraceBuilder("batch", Subject("batch", "r1"), Subject("collection", "c\x1b1"))
    builder.request(traces.generating())
    builder.list()
    builder.list()
    builder.delete(DELETED)

    assert summary(trace=builder.trace).evidence == (
        "batch r1: 1 job, 0 polls, 0 complete, 0 archives, 2 lists, 1 deleted",
        "collection c\\x1b1: 0 jobs, 0 polls, 0 complete, 0 archives",
    )


def test_headline_names_one_law_violated_at_one_operation():
    report = summary(*cells(law(), broken(REQUEST, "x")))

    assert (report.result, report.headline) == ("failed", "1 law broken")


def test_headline_counts_laws_and_operations():
    report = summary(
        *cells(law(), broken(REQUEST, "x"), broken(STATUS, "y")),
        *cells(law("a.b"), broken(STATUS, "z")),
    )

    assert report.headline == "2 laws broken, in 3 places"


def test_headline_counts_accepted_violations_separately():
    found = cells(law(), broken(REQUEST, "x"), broken(STATUS, "y"))

    passed = summary(*found, accepted=FINGERPRINTS)
    failed = summary(*found, accepted=frozenset({"shape.error batch request"}))

    assert passed.headline == (
        "1 of 1 law exercised, nothing new broken (2 known violations accepted by the baseline)"
    )
    assert failed.headline == "1 law broken (1 known violation accepted by the baseline)"


def test_headline_mentions_laws_excused_by_the_baseline():
    report = summary(*cells(law(), broken(REQUEST, "x")), accepted=FINGERPRINTS)

    assert report.headline == (
        "1 of 1 law exercised, nothing new broken (1 known violation accepted by the baseline); "
        "not judged: batch status"
    )
    assert report.broken[0].accepted


def test_headline_says_not_proven_for_a_silent_resource():
    trace = Trace(verdicts.example_trace().exchanges, (Subject("collection", "c\x1b1"),))
    report = summary(trace=trace)

    assert report.result == "inconclusive"
    assert report.headline == "no response reported the state of an export of collection c\\x1b1"


def test_headline_says_not_proven_without_observations():
    assert summary(*cells(law())).headline == "no law was exercised"


def test_headline_names_responses_that_were_too_long_to_read():
    builder = traces.TraceBuilder()
    builder.poll(traces.body_answer(200, b'{"status": "compl', cut=True))
    builder.fetch(traces.body_answer(200, b"PK", cut=True))

    assert summary(trace=builder.trace).headline == (
        "no response reported the state of an export; 1 response recorded only in part"
    )


def test_headline_says_not_proven_for_a_recording_without_state():
    builder = traces.TraceBuilder()
    builder.request(traces.error(401))

    assert summary(trace=builder.trace).headline == "no response reported the state of an export"


@pytest.mark.parametrize(
    ("asked", "found", "sentence"),
    [
        (None, None, "unknown; only shared rules applied"),
        (
            None,
            "2026-11",
            "2026-11, judging by the responses; only shared rules applied",
        ),
        (
            "2026-03",
            None,
            "2026-03 enforced; the responses do not show which edition the server follows",
        ),
        ("2026-03", "2026-03", "2026-03 enforced; the server follows it"),
        ("2026-03", "2026-11", "2026-03 enforced, but the server follows 2026-11"),
    ],
)
def test_summary_names_the_edition(asked, found, sentence):
    assert summary(edition_asked=asked, edition_found=found).edition == sentence


def test_target_is_shown_without_secrets_and_control_characters():
    assert summary(target="https://u:p@h\x1b").target == "https://[redacted]@h\\x1b"


def test_cells_have_marks_and_counts():
    found = (
        *cells(law(), broken(REQUEST, "x"), broken(STATUS, "y")),
        *cells(law("a.b"), noted(REQUEST, "n")),
        *cells(law("c.d"), held(REQUEST)),
    )
    report = summary(*found, accepted=frozenset({"shape.error batch status"}))

    assert [report.mark(cell) for cell in found] == [
        "violated",
        "accepted",
        "noted",
        "not exercised",
        "held",
        "not exercised",
    ]
    assert report.counts == {
        "held": 1,
        "violated": 1,
        "accepted": 1,
        "noted": 1,
        "not exercised": 2,
    }
    assert list(report.counts) == list(MARK_MEANINGS)


def test_violations_are_grouped_by_law_with_new_ones_first():
    found = (
        *cells(law("a.b"), broken(REQUEST, "x")),
        *cells(law("c.d"), broken(REQUEST, "x"), broken(STATUS, "y")),
    )
    report = summary(*found, accepted=frozenset({"a.b batch request", "c.d batch request"}))

    assert [(b.law.id, b.accepted) for b in report.broken] == [("c.d", False), ("a.b", True)]
    assert [v.operation for v in report.broken[0].violations] == [STATUS, REQUEST]


def test_each_note_is_listed_once():
    report = summary(
        *cells(
            law(),
            noted(REQUEST, "new: a", 0),
            noted(REQUEST, "new: b", 1),
            noted(REQUEST, "new: a", 2),
            noted(STATUS, "new: a", 3),
        )
    )

    assert [(n.operation, n.observation.seen, n.times) for n in report.notes] == [
        (REQUEST, "new: a", 2),
        (REQUEST, "new: b", 1),
        (STATUS, "new: a", 1),
    ]
    assert report.notes[0].observation.exchanges == (0,)


def test_not_exercised_laws_are_grouped_by_reason():
    report = summary(
        *cells(law("a.b", needs="luck"), held(REQUEST)),
        *cells(law("c.d", REQUEST, STATUS, COLLECTION_REQUEST, needs="luck")),
        *cells(law("e.f", needs="time")),
    )

    assert [(silence.reason, silence.laws) for silence in report.not_exercised] == [
        (
            "needs luck",
            {"a.b": "batch status", "c.d": "batch request, status; collection request"},
        ),
        ("needs time", {"e.f": "batch request, status"}),
    ]


def test_operations_are_listed_in_order():
    report = summary(*cells(law("a.b", *reversed(OPERATIONS)), held(REQUEST)))

    assert report.operations == OPERATIONS
    assert operation_names(OPERATIONS) == (
        "batch request, status, archive, list, delete; "
        "collection request, status, archive, list, delete"
    )


def test_unseen_documented_responses_are_listed():
    answers = (
        verdicts.answer(200, "failed", seen=False),
        verdicts.answer(429, seen=False),
        verdicts.answer(404, seen=True),
    )

    assert [answer_name(each) for each in summary(answers=answers).unseen] == [
        "200 failed",
        "429",
    ]


def test_evidence_lists_the_decisive_exchanges():
    seen = [broken(REQUEST, "x", 9, index).observation for index in (4, 0, 4, 2, 3, 7)]

    assert evidence(seen[:2]) == "#1, #5"
    assert evidence(seen) == "#1, #3, #4, #5 and 1 more"
    assert evidence(seen[:5]) == "#1, #3, #4, #5"


def test_evidence_is_listed_once_and_redacted():
    sentence = f"at {verdicts.PRESIGNED}"
    found = cells(
        law(), broken(REQUEST, sentence, 1), broken(REQUEST, "x", 2), broken(REQUEST, sentence, 3)
    )
    (violation,) = verdicts.verdict(*found).violations

    assert {report: len(seen) for report, seen in by_sentence(violation).items()} == {
        "at https://store.example/b.zip?[redacted]": 2,
        "x": 1,
    }


def test_stale_baseline_entries_are_listed():
    report = summary(
        *cells(law(), held(REQUEST)),
        accepted=FINGERPRINTS | {"shape.error collection request"},
    )

    assert report.stale == ("shape.error batch request",)
