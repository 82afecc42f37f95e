"""``check --compare-to``: only violations that an earlier report does not have fail the check."""

import json

import pytest
from helpers import verdicts
from helpers.traces import TraceBuilder, complete, generating
from helpers.verdicts import REQUEST, STATUS, broken, cells, held, law
from prolific_contract.cli import main
from prolific_contract.gate import Comparison, comparison_of
from prolific_contract.gate.reports import FORMATS
from prolific_contract.gate.reports._json import document
from prolific_contract.gate.reports._summary import Summary
from prolific_contract.gate.trace import write_har

NEW, OLD = "shape.error batch request", "shape.error batch status"


def verdict(*observations, earlier, **changes):
    return verdicts.verdict(*cells(law("shape.error"), *observations), earlier=earlier, **changes)


def test_verdict_without_earlier_report_has_no_comparison():
    assert comparison_of(verdict(broken(REQUEST, "x"), earlier=None)) is None


def test_only_new_violations_fail():
    both = (broken(REQUEST, "x"), broken(STATUS, "y"))
    one = verdict(*both, earlier=frozenset({OLD}))

    assert comparison_of(one) == Comparison((NEW,), (OLD,), (), ())
    assert one.exit_code == 1
    assert Summary(one).headline == "1 law broken (1 known violation)"
    assert verdict(*both, earlier=frozenset({OLD, NEW})).exit_code != 1


def test_held_law_is_fixed_and_silence_is_not():
    gone = frozenset({OLD, NEW, "time.limit batch request"})
    one = verdict(held(REQUEST), earlier=gone)

    assert comparison_of(one) == Comparison((), (), (NEW,), (OLD, "time.limit batch request"))


def test_violation_that_the_baseline_accepts_is_not_new():
    one = verdict(broken(REQUEST, "x"), earlier=frozenset(), accepted=frozenset({NEW}))

    assert comparison_of(one) == Comparison((), (), (), ())
    assert one.exit_code != 1


def test_reports_show_what_changed():
    one = verdict(broken(REQUEST, "x"), held(STATUS), earlier=frozenset({OLD, "a.b batch list"}))
    text = FORMATS["text"](one)

    assert "Compared with the earlier report" in text
    assert f"  new: {NEW}" in text
    assert f"  fixed: {OLD}" in text
    assert "  not exercised: a.b batch list" in text
    assert document(one)["comparison"] == {
        "new": [NEW],
        "remaining": [],
        "fixed": [OLD],
        "not_exercised": ["a.b batch list"],
    }
    for expected in ("Compared with the earlier report", f"new: <code>{NEW}</code>"):
        assert expected in FORMATS["html"](one)
    nothing = verdict(held(REQUEST), earlier=frozenset())
    assert "  no violation in either" in FORMATS["text"](nothing)
    assert "No violation in either." in FORMATS["html"](nothing)


# The command.


@pytest.fixture
def recording(tmp_path):
    """A recording with one violation, and a check of it that compares with a report."""
    builder = TraceBuilder()
    builder.request(generating())
    builder.poll(complete(expires_at=5))
    path = tmp_path / "check.har"
    write_har(path, builder.trace)
    return path


def test_check_passes_with_the_report_of_the_same_violations(recording, tmp_path, capsys):
    report = tmp_path / "report.json"
    assert main(["check", "--har", str(recording), "--report", str(report)]) == 1

    assert main(["check", "--har", str(recording), "--compare-to", str(report)]) == 0
    assert "remaining: shape.body batch status" in capsys.readouterr().out


def test_check_fails_with_the_report_of_other_violations(recording, tmp_path):
    report = tmp_path / "report.json"
    main(["check", "--har", str(recording), "--report", str(report)])
    value = json.loads(report.read_text(encoding="utf-8"))
    report.write_text(json.dumps({**value, "violations": []}), encoding="utf-8")

    assert main(["check", "--har", str(recording), "--compare-to", str(report)]) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{", "is not JSON"),
        ("[]", "is not a report in JSON: write one with --report json=report.json"),
        ('{"format": "prolific-contract baseline"}', "is not a report in JSON"),
        ('{"format": "prolific-contract report", "version": 9}', 'has "version" 9, but'),
        (
            '{"format": "prolific-contract report", "version": 1}',
            '"violations" is not a list of violations',
        ),
        (
            '{"format": "prolific-contract report", "version": 1, "violations": [5]}',
            '"violations" is not a list of violations',
        ),
        (
            '{"format": "prolific-contract report", "version": 1, "violations": [{}]}',
            '"violations" is not a list of violations',
        ),
    ],
)
def test_other_file_is_refused_before_the_check(recording, tmp_path, capsys, text, message):
    report = tmp_path / "report.json"
    report.write_text(text, encoding="utf-8")

    assert main(["check", "--har", str(recording), "--compare-to", str(report)]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("name", "start"),
    [
        ("a.html", "<!DOCTYPE html>"),
        ("b.JSON", "{"),
        ("c.junit.xml", "<?xml"),
        ("d.sarif", "{"),
        ("e.txt", "FAILED"),
        ("x=y.txt", "FAILED"),
    ],
)
def test_suffix_decides_the_format_of_a_report(recording, tmp_path, name, start):
    path = tmp_path / name
    main(["check", "--har", str(recording), "--report", str(path)])

    assert path.read_text(encoding="utf-8").startswith(start)
