"""A recording has the verdict of the check that wrote it."""

import json

import pytest
from attrs import evolve
from prolific_contract.cli import main
from prolific_contract.gate import judge
from prolific_contract.gate.conversation import BRISK, ConversationPlan, record_conversation
from prolific_contract.gate.proof import InProcessTarget
from prolific_contract.gate.trace import RecordedOptions, Subject, har_of, parse_har, write_har
from prolific_contract.sandbox import Fate, ManualClock, SandboxSettings
from prolific_contract.sandbox.mutants import MUTANTS, MutatedSite
from prolific_contract.sandbox.variants import VARIANTS, VariantSite

TOKEN = "token-of-a-recording"
# What redaction touches, or what is hard to write as text; and every tenth other mutant.
HARD = (
    "token-echo",
    "token-echo-url",
    "uuid-not",
    "url-userinfo",
    "url-azure-expires-before",
    "url-policy-expires-before",
    "url-expires-before",
    "json-gzip",
    "json-latin1",
    "json-utf16",
    "json-deep",
    "archive-html",
    "archive-backslash",
    "archive-unfiltered",
    "delete-generating",
    "reset",
)


def sample():
    by_fault = {one.fault.name: one for one in MUTANTS.values()}
    return [by_fault[name] for name in HARD] + list(by_fault.values())[::10]


def conversation_with(site, settings, clock):
    subjects = (
        Subject("batch", settings.id_of("batch")),
        Subject("collection", settings.id_of("collection")),
        Subject("batch", settings.id_of("batch", Fate.FORBIDDEN), forbidden=True),
    )
    plan = ConversationPlan(subjects, max_wait=30, pace=BRISK, edition=settings.edition)
    try:
        target = InProcessTarget(site, clock)
        return record_conversation(target, "http://127.0.0.1:8417", TOKEN, plan).trace
    finally:
        site.close()


def settings_of(edition):
    return SandboxSettings(
        edition=edition, token=TOKEN, submissions=3, files=1, generation_seconds=3
    )


def verdicts(trace):
    """Every observation, for the shared rules and the enforced ones.

    Without its text: a redacted URL may have another length, so positions in bodies differ.
    """
    return [
        {
            (cell.law.id, cell.operation): sorted(
                (seen.outcome, seen.exchanges) for seen in cell.observations
            )
            for cell in judge(trace, target="x", edition=edition, strict=True).cells
        }
        for edition in (None, "2026-03", "2026-11")
    ]


def written_and_read(trace):
    return parse_har(json.dumps(har_of(trace)), "recording")


@pytest.mark.unmeasured
@pytest.mark.parametrize("one", sample(), ids=lambda one: one.name)
def test_recording_of_a_mutant_has_the_verdict_of_the_check(one):
    edition = one.editions[-1]
    clock = ManualClock()
    settings = settings_of(edition)
    trace = conversation_with(MutatedSite(one, settings, clock), settings, clock)

    assert verdicts(written_and_read(trace)) == verdicts(trace)


@pytest.mark.unmeasured
@pytest.mark.parametrize(
    "name", ["urls-azure", "urls-cloudfront", "urls-with-id", "gzip", "ids-upper", "no-date"]
)
def test_recording_of_a_variant_has_the_verdict_of_the_check(name):
    clock = ManualClock()
    settings = settings_of("2026-03")
    trace = conversation_with(VariantSite(VARIANTS[name], settings, clock), settings, clock)

    assert verdicts(written_and_read(trace)) == verdicts(trace)


# The options of the check.


@pytest.fixture
def recording(tmp_path):
    """A recording of a strict check of edition 2026-11 against a server of 2026-03."""
    clock = ManualClock()
    settings = settings_of("2026-03")
    site = MutatedSite(MUTANTS["field-extra@batch-status"], settings, clock)
    trace = conversation_with(site, settings, clock)
    path = tmp_path / "check.har"
    options = RecordedOptions("full", "2026-11", strict=True)
    write_har(path, evolve(trace, options=options))
    return path


def report_on(recording, tmp_path, *options):
    report = tmp_path / "report.json"
    main(["check", "--har", str(recording), "--report", f"json={report}", *options])
    document = json.loads(report.read_text(encoding="utf-8"))
    return document["profile"], document["edition"]["enforced"], document["strict"]


def test_check_of_a_recording_has_the_recorded_options(recording, tmp_path):
    assert report_on(recording, tmp_path) == ("full", "2026-11", True)


def test_given_options_replace_the_recorded_ones(recording, tmp_path):
    options = ("--edition", "auto", "--no-strict", "--profile", "polite")

    assert report_on(recording, tmp_path, *options) == ("polite", None, False)
    assert report_on(recording, tmp_path, "--edition", "2026-03") == ("full", "2026-03", True)


def test_recording_without_options_has_the_defaults(recording, tmp_path):
    document = json.loads(recording.read_text(encoding="utf-8"))
    del document["log"]["_prolific"]["options"]
    recording.write_text(json.dumps(document), encoding="utf-8")

    assert report_on(recording, tmp_path) == ("polite", None, False)


@pytest.mark.parametrize(
    "options",
    [
        {"profile": "rude", "edition": None, "strict": False},
        {"profile": "polite", "edition": "2027-01", "strict": False},
    ],
)
def test_recording_with_unknown_options_is_an_error(recording, options, capsys):
    document = json.loads(recording.read_text(encoding="utf-8"))
    document["log"]["_prolific"]["options"] = options
    recording.write_text(json.dumps(document), encoding="utf-8")

    assert main(["check", "--har", str(recording)]) == 2
    assert "a profile or an edition that does not exist" in capsys.readouterr().err
