"""``prolific-contract check``: verdicts, reports, recordings, baselines."""

import io
import json
import sys
from contextlib import suppress

import pytest
from helpers.checks import BATCH, COLLECTION, SETTINGS, USUAL, refused, run
from helpers.conversations import BASE, Scripted
from helpers.traces import JOB, complete, error, generating
from prolific_contract.cli import main
from prolific_contract.gate import _check
from prolific_contract.gate.conversation import USER_AGENT, NoResponseError, TargetUnreachableError
from prolific_contract.gate.proof import InProcessTarget
from prolific_contract.gate.trace import HttpResponse
from prolific_contract.sandbox import Fate, ManualClock, Site

FORBIDDEN = SETTINGS.id_of("batch", Fate.FORBIDDEN)


ACCEPTING_ONE = """{
  "format": "prolific-contract baseline",
  "version": 1,
  "accepted": [{"fingerprint": "shape.error batch request", "reason": "known"}]
}
"""


def refusing(asked):
    if asked.authorization != f"Token {SETTINGS.token}":
        return error(401)
    return error(403 if asked.method == "POST" else 404)


def test_check_of_conforming_server_exits_with_0(against, capsys):
    against(None)
    out, err = run(capsys, *USUAL, "--collection", COLLECTION, "--forbidden-batch", FORBIDDEN)

    assert out.startswith("PASSED")
    assert err == ""


def test_check_of_faulty_server_exits_with_1(against, capsys):
    against("date-naive@batch-status")
    out, _ = run(capsys, *USUAL, expect=1)

    assert out.startswith("FAILED")
    assert "shape.body" in out


def test_server_without_any_state_is_reported_as_not_proven(against, capsys):
    against(Scripted(refusing))
    out, _ = run(capsys, *USUAL, expect=2)

    assert f"no response reported the state of an export of batch {BATCH}" in " ".join(out.split())


def test_unreachable_server_is_reported_as_an_error(against, capsys):
    against(Scripted(lambda asked: TargetUnreachableError("no connection (refused)")))
    err = refused(capsys, *USUAL)

    assert err.endswith(
        f"{BASE} can't be reached, so nothing was checked: no connection (refused)\n"
    )


def test_conversation_that_ends_early_is_reported(against, capsys):
    against(Scripted(lambda asked: NoResponseError("the connection broke")))
    out, err = run(capsys, *USUAL, expect=1)

    assert "shape.answered" in out
    assert err == (
        "prolific-contract: the conversation ended early: 5 requests in a row got no response\n"
    )


def test_job_id_from_the_server_cannot_act_as_a_log_command(against, capsys):
    def answer(asked):
        if asked.method == "POST":
            return generating("##vso[task.setvariable variable=PATH]evil")
        return error(500)

    against(Scripted(answer))
    out, err = run(capsys, *USUAL, "--max-wait=2", "--edition=2026-11", expect=1)

    assert "# #vso[task" in err
    assert "##vso" not in out + err


def test_edition_option_enforces_the_edition(against, capsys):
    against(None)
    out, _ = run(capsys, *USUAL, "--edition", "2026-11", expect=1)

    assert "2026-11 enforced" in out
    assert "returned the complete export again" in out


def test_additive_drift_fails_only_with_strict(against, capsys):
    against("field-extra@batch-status")
    assert "shape.additive" in run(capsys, *USUAL)[0]
    against("field-extra@batch-status")
    run(capsys, *USUAL, "--strict", expect=1)


def test_max_wait_option_limits_the_time_of_an_export(against, capsys):
    against("never-completes@batch-status")
    out, _ = run(capsys, *USUAL, "--max-wait", "20", expect=1)

    assert "the job is still generating 20 s after its request" in out


def test_full_profile_sends_more_requests(against, capsys):
    against("method-200@batch-request")
    run(capsys, *USUAL)
    against("method-200@batch-request")
    out, _ = run(capsys, *USUAL, "--profile", "full", expect=1)

    assert "isolation.methods" in out


def test_token_is_read_from_the_environment(against, capsys, monkeypatch):
    against(None)
    monkeypatch.setenv("PROLIFIC_TOKEN", f" {SETTINGS.token}\n")
    run(capsys, "--target", f" {BASE}/", "--batch", BATCH)


def test_option_takes_precedence_over_the_environment(against, capsys, monkeypatch):
    target = against(Scripted(refusing))
    monkeypatch.setenv("PROLIFIC_TOKEN", "not-this-one")
    run(capsys, *USUAL, expect=2)

    assert f"Token {SETTINGS.token}" in {asked.authorization for asked in target.asked}
    assert "Token not-this-one" not in {asked.authorization for asked in target.asked}


def test_token_is_sent_only_to_the_target(against, capsys):
    body = b'{"status": "complete", "url": "https://store.example/x?sig=1", "expires_at": "?"}'
    target = against(Scripted(lambda asked: HttpResponse(200, body=body)))
    run(capsys, *USUAL, expect=1)
    elsewhere = [asked for asked in target.asked if not asked.url.startswith(f"{BASE}/")]

    assert elsewhere
    assert all(SETTINGS.token not in repr(asked.headers) for asked in elsewhere)
    assert {asked.headers["User-Agent"] for asked in target.asked} == {USER_AGENT}


def test_all_requested_reports_are_written(against, capsys, tmp_path):
    against("token-echo@batch-status")
    formats = ("html", "json", "junit", "sarif", "text")
    reports = [f"--report={name}={tmp_path / 'reports' / name}" for name in formats]
    record = tmp_path / "conversation.har"
    out, _ = run(capsys, *USUAL, *reports, "--record", str(record), expect=1)

    assert "isolation.token-echo" in out
    for file in (record, *(tmp_path / "reports" / name for name in formats)):
        content = file.read_text(encoding="utf-8")
        assert len(content) > 500
        assert SETTINGS.token not in content
    assert SETTINGS.token not in out


OUTPUTS = (
    lambda path: ("--record", path),
    lambda path: ("--report", f"html={path}"),
    lambda path: ("--baseline", path, "--update-baseline"),
)


@pytest.mark.parametrize("output", OUTPUTS)
@pytest.mark.parametrize("place", ["file/x", "folder"])
def test_unwritable_report_path_is_refused_before_the_first_request(
    against, capsys, tmp_path, output, place
):
    (tmp_path / "file").touch()
    (tmp_path / "folder").mkdir()
    against(Scripted(lambda asked: pytest.fail("something was sent")))
    path = str(tmp_path / place)
    # A baseline is read first.
    reading = output is OUTPUTS[2] and place == "folder"
    reason = "read" if reading else "written"

    assert f"{path} can't be {reason}: " in refused(capsys, *USUAL, *output(path))


@pytest.mark.parametrize("output", OUTPUTS)
def test_report_that_becomes_unwritable_does_not_prevent_the_others(
    against, capsys, tmp_path, output
):
    lost, others = tmp_path / "lost", [tmp_path / "report.json", tmp_path / "report.txt"]

    def answer(asked):
        lost.mkdir(exist_ok=True)
        return NoResponseError("the connection broke")

    against(Scripted(answer))
    reports = (f"--report=json={others[0]}", *output(str(lost)), f"--report=text={others[1]}")
    out, err = run(capsys, *USUAL, *reports, expect=2)

    assert out.startswith("FAILED")
    early_end, error_line = err.splitlines()
    assert early_end.startswith("prolific-contract: the conversation ended early")
    assert error_line.startswith(f"prolific-contract: error: {lost} can't be written: ")
    assert all(other.read_text(encoding="utf-8") for other in others)


def test_reports_are_written_even_if_standard_output_is_closed(against, monkeypatch, tmp_path):
    class Closed(io.StringIO):
        def write(self, text):
            raise BrokenPipeError

    report = tmp_path / "report.json"
    against("date-naive@batch-status")
    with monkeypatch.context() as patched, suppress(BrokenPipeError):
        patched.setattr(sys, "stdout", Closed())
        main(["check", *USUAL, f"--report=json={report}"])

    assert "shape.body" in report.read_text(encoding="utf-8")


def test_recording_gets_the_same_verdict_as_the_server(against, capsys, tmp_path):
    against("url-http@batch-status")
    record = str(tmp_path / "x.har")
    live, _ = run(capsys, *USUAL, "--record", record, expect=1)
    recorded, err = run(capsys, "--har", record, expect=1)

    assert "value.url" in live
    assert "value.url" in recorded
    assert record in "".join(recorded.split()), "long paths go on in the next line"
    assert err == ""


def foreign(tmp_path, authorization):
    path = tmp_path / "foreign.har"
    entries = [
        {
            "startedDateTime": f"2026-03-20T10:00:0{second}Z",
            "time": 1,
            "request": {
                "method": method,
                "url": f"https://api.example/v/api/v1/data-collection/batches/{BATCH}/{path}",
                "headers": [{"name": "Authorization", "value": value}],
            },
            "response": {
                "status": answer.status,
                "headers": [{"name": "Content-Type", "value": "application/json"}],
                "content": {"size": 1, "mimeType": "", "text": answer.body.decode()},
            },
        }
        for second, method, path, value, answer in [
            (0, "POST", "export", authorization, generating()),
            (1, "GET", f"export/{JOB}", authorization, complete()),
            (2, "POST", "export", "Token made-up", error(403)),
        ]
    ]
    path.write_text(json.dumps({"log": {"entries": entries}}), encoding="utf-8")
    return str(path)


def test_recording_ignores_the_token_in_the_environment(capsys, tmp_path, monkeypatch):
    monkeypatch.setenv("PROLIFIC_TOKEN", "some-other-token")
    har = foreign(tmp_path, "Token the-token-of-then")
    run(capsys, "--har", har)
    out, _ = run(capsys, "--har", har, "--token", "the-token-of-then", expect=1)

    assert "isolation.credentials" in out


@pytest.mark.parametrize("token", ["", " "])
def test_empty_token_for_a_recording_counts_as_no_token(capsys, tmp_path, token):
    har = foreign(tmp_path, "Token the-token-of-then")
    out, _ = run(capsys, "--har", har, "--token", token)

    assert out == run(capsys, "--har", har)[0]


def test_target_option_selects_the_server_of_a_recording(capsys, tmp_path):
    har = foreign(tmp_path, "Token t")
    run(capsys, "--har", har, "--target", "https://api.example/v/")
    err = refused(capsys, "--har", har, "--target", "https://api.example")

    assert "has no request for an export" in err


def test_subject_options_select_the_resources_of_a_recording(capsys, tmp_path):
    har = foreign(tmp_path, "Token t")
    out, _ = run(capsys, "--har", har, "--collection", COLLECTION, "--max-wait", "9", expect=2)

    assert f"an export of collection {COLLECTION}" in " ".join(out.split())


@pytest.mark.parametrize("written", [BATCH.upper(), f" {BATCH}\n"])
def test_resource_id_of_a_recording_is_matched_without_case_and_whitespace(
    capsys, tmp_path, written
):
    run(capsys, "--har", foreign(tmp_path, "Token t"), "--batch", written)


def test_whitespace_around_an_id_is_removed(against, capsys):
    against(None)
    run(capsys, "--target", BASE, "--token", SETTINGS.token, "--batch", f" {BATCH}\n")


def test_violations_in_the_baseline_do_not_fail_the_check(against, capsys, tmp_path):
    path = tmp_path / "baseline.json"
    against("date-naive@batch-status")
    out, _ = run(capsys, *USUAL, "--baseline", str(path), "--update-baseline")
    assert "accepted" in out
    assert "shape.body batch status" in path.read_text(encoding="utf-8")

    against("date-naive@batch-status")
    run(capsys, *USUAL, "--baseline", str(path))
    against("date-naive@batch-request")
    run(capsys, *USUAL, "--baseline", str(path), expect=1)
    against(None)
    run(capsys, *USUAL, "--baseline", str(path), "--update-baseline")
    assert "shape.body" not in path.read_text(encoding="utf-8")


def test_inconclusive_check_does_not_update_the_baseline(against, capsys, tmp_path):
    path = tmp_path / "baseline.json"
    path.write_text(ACCEPTING_ONE, encoding="utf-8")
    site = Site(SETTINGS, clock := ManualClock())
    against(InProcessTarget(site, clock))
    run(capsys, *USUAL)
    # The server returns the export of the first check, and nothing can be polled.
    _, err = run(capsys, *USUAL, "--baseline", str(path), "--update-baseline", expect=2)
    site.close()

    assert path.read_text(encoding="utf-8") == ACCEPTING_ONE
    assert err == (f"prolific-contract: {path} was not updated: the check is inconclusive\n")


def test_second_check_of_a_finished_export_is_inconclusive(against, capsys):
    site = Site(SETTINGS, clock := ManualClock())
    against(InProcessTarget(site, clock))
    run(capsys, *USUAL)
    out, _ = run(capsys, *USUAL, expect=2)
    site.close()

    assert f"no poll reported the state of an export of batch {BATCH}" in " ".join(out.split())


def test_required_laws_and_their_number_decide(against, capsys):
    against(None)
    run(capsys, *USUAL, "--require", "time.completes", "--min-exercised", "20")
    against(None)
    out, _ = run(capsys, *USUAL, "--require", "time.limit", expect=2)
    assert "required law time.limit was not exercised for a batch" in " ".join(out.split())
    against(None)
    out, _ = run(capsys, *USUAL, "--min-exercised", "40", expect=2)
    assert "but at least 40 required" in " ".join(out.split())


def test_interrupt_reports_jobs_that_may_remain(monkeypatch, capsys):
    def interrupted(check, progress):
        raise KeyboardInterrupt

    monkeypatch.setattr(_check, "check_live", interrupted)

    assert main(["check", *USUAL]) == 130
    assert "may remain" in capsys.readouterr().err


def test_remaining_jobs_are_reported(against, capsys):
    def answer(asked):
        if asked.method == "POST":
            return generating()
        return error(500) if asked.path.endswith("/export") else error(404)

    against(Scripted(answer))
    main(["check", *USUAL, "--edition", "2026-11", "--max-wait", "1"])

    assert f"prolific-contract: the batch {BATCH} still has export jobs" in capsys.readouterr().err
