"""Writing reports, in every format."""

import json

import pytest
from helpers import verdicts
from prolific_contract import DocumentError
from prolific_contract._commands.check import _FORMATS
from prolific_contract.gate.reports import FORMATS, write_report

STATES = ["passing", "failing", "hostile"]


@pytest.fixture(params=sorted(FORMATS))
def report_format(request):
    return request.param


def test_report_formats_are_known():
    assert sorted(FORMATS) == ["html", "json", "junit", "sarif", "text"]
    assert sorted(_FORMATS) == sorted(FORMATS)


def test_report_is_written(report_format, tmp_path):
    path = tmp_path / "new" / "report"

    write_report(report_format, verdicts.failing(), path)

    assert path.read_text(encoding="utf-8") == FORMATS[report_format](verdicts.failing())
    assert [file.name for file in path.parent.iterdir()] == ["report"]


def test_report_replaces_an_older_one(report_format, tmp_path):
    path = tmp_path / "report"
    path.write_text("old", encoding="utf-8")

    write_report(report_format, verdicts.verdict(), path)

    assert path.read_text(encoding="utf-8") != "old"


def test_unwritable_destination_is_reported(report_format, tmp_path):
    (tmp_path / "file").write_text("", encoding="utf-8")

    with pytest.raises(DocumentError, match=r"file.report can't be written: "):
        write_report(report_format, verdicts.verdict(), tmp_path / "file" / "report")


def test_hostile_responses_can_be_reported(report_format, tmp_path):
    path = tmp_path / "report"

    write_report(report_format, verdicts.hostile(), path)

    path.read_text(encoding="utf-8")


@pytest.mark.parametrize("state", ["failing", "hostile"])
def test_reports_of_all_formats_have_no_secrets(report_format, state):
    # The recorder takes the token out of answers; an Authorization field is ours to hide.
    text = FORMATS[report_format](getattr(verdicts, state)())

    assert [secret for secret in verdicts.SECRETS if secret in text] == []
    decoded = json.loads(text) if report_format in ("json", "sarif") else ""
    assert [secret for secret in verdicts.SECRETS if secret in str(decoded)] == []


def test_reports_of_a_real_conversation_have_no_secrets(report_format, real_verdict):
    text = FORMATS[report_format](real_verdict)
    queries = [url.partition("?")[2] for url in real_verdict.trace.issued_urls if "?" in url]

    assert len(queries) > 1
    assert [query for query in [*queries, "sandbox-token"] if query in text] == []
    for query in queries:
        signature = query.rpartition("Signature=")[2]
        assert len(signature) > 10
        assert signature not in text


def test_reports_have_no_participant_data(report_format):
    assert "participants said" not in FORMATS[report_format](verdicts.failing())
