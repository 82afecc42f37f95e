"""The gate as pytest tests: ``pytest --pyargs prolific_contract.conformance``."""

import re

import pytest
from helpers.checks import BATCH, SETTINGS, TARGET
from helpers.conversations import BASE, Scripted
from helpers.traces import error, generating, json_answer
from prolific_contract import pytest_plugin
from prolific_contract.gate.conversation import NoResponseError, TargetUnreachableError
from prolific_contract.gate.laws import LAWS

pytest_plugins = ["pytester"]


@pytest.fixture
def run(pytester, monkeypatch):
    """Runs the package's tests in a pytest with no other plugin."""
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    for name in ("TARGET", "TOKEN", "BATCH", "COLLECTION", "URL", "REQUIRE", "MIN_EXERCISED"):
        monkeypatch.delenv(f"PROLIFIC_{name}", raising=False)

    def run_it(*arguments, **options):
        given = [f"--prolific-{name.replace('_', '-')}={value}" for name, value in options.items()]
        plugins = ["-p", "prolific_contract.pytest_plugin", "--strict-markers", "-Werror", "-ra"]
        package = ["--pyargs", "prolific_contract.conformance"]
        return pytester.runpytest_inprocess(*plugins, *arguments, *package, *given)

    return run_it


def outcomes(result):
    return {name: count for name, count in result.parseoutcomes().items() if name != "warnings"}


def test_conforming_server_passes(against, conversations, run):
    against()
    result = run("-v", **TARGET)

    assert result.ret == 0
    assert outcomes(result).keys() == {"passed", "skipped"}
    assert len(conversations) == 1
    result.stdout.fnmatch_lines_random(
        [
            "*test_law[[]shape.status-batch-request[]] PASSED*",
            "*test_law[[]value.archive-batch-archive[]] PASSED*",
            "SKIPPED*needs a poll that returns failed, and a later poll",
            "*test_conversation_is_conclusive PASSED*",
        ]
    )
    result.stdout.no_fnmatch_line("*-collection-*")
    result.stdout.no_fnmatch_line(f"*{SETTINGS.token}*")


def test_violation_fails_the_test_with_its_report(against, run):
    against("date-naive@batch-status")
    result = run(**TARGET)

    assert result.ret == 1
    assert outcomes(result)["failed"] == 1
    result.stdout.fnmatch_lines(["*shape.body*", "*curl *", "FAILED *shape.body-batch-status*"])
    result.stdout.no_fnmatch_line("*Traceback*")


@pytest.mark.parametrize("chosen", [(), ("-m", "prolific_isolation")])
def test_violation_under_the_other_kind_fails_the_test(against, run, chosen):
    against("scope-kind@collection-status")
    result = run(*chosen, **TARGET)

    assert result.ret == 1
    assert outcomes(result)["failed"] == 1
    result.stdout.fnmatch_lines(
        ["*isolation.job-scope*", "FAILED *test_no_other_violations[[]isolation]*"]
    )


def test_remaining_jobs_are_listed_in_the_terminal_summary(against, run, keeping):
    against(keeping)
    result = run(edition="2026-03", **TARGET)

    result.stdout.fnmatch_lines(
        ["=* prolific-contract =*", f"*{BATCH}* still has export jobs that the check *"]
    )


def test_shortened_conversation_is_reported(against, run):
    against(Scripted(lambda asked: NoResponseError("the connection broke")))
    result = run(**TARGET)

    result.stdout.fnmatch_lines(
        [
            "=* prolific-contract =*",
            "the conversation ended early: 5 requests in a row got no response",
        ]
    )


COMMAND = "##vso[task.setvariable variable=PATH]evil"


def commanding(asked):
    """A server that says what a log obeys, wherever it can."""
    if asked.method == "GET" and asked.path.endswith("/export"):
        return json_answer(200, [])
    return generating(COMMAND, status=200) if asked.method == "POST" else error(409, detail=COMMAND)


@pytest.mark.parametrize(
    "target",
    [
        commanding,
        lambda asked: TargetUnreachableError(f"no connection ({COMMAND})"),
        lambda asked: NoResponseError(f"the response was not HTTP ({COMMAND})"),
    ],
)
def test_server_text_cannot_act_as_a_log_command(against, run, target):
    against(Scripted(target))
    result = run(max_wait="2", edition="2026-11", **TARGET)

    assert result.ret == 1
    result.stdout.fnmatch_lines(["*# #vso*"])
    result.stdout.no_fnmatch_line("*##vso*")


def test_undocumented_fields_fail_only_with_strict(against, run):
    against("field-extra@batch-status")
    assert run(**TARGET).ret == 0
    assert run("--prolific-strict", **TARGET).ret == 1


def test_edition_and_timeout_options_are_applied(against, run):
    against()
    result = run(**TARGET, edition="2026-11", max_wait="60", collection="unknown")

    assert result.ret == 1
    result.stdout.fnmatch_lines_random(
        [
            "FAILED *time.request-after-complete-batch-request*",
            "no response reported the state of an export of collection unknown",
        ]
    )


def test_markers_select_law_families(against, run):
    against()
    result = run("-v", "-m", "prolific_time or prolific_value", **TARGET)
    named = re.findall(r"::(\w+)\[(\w+)", "\n".join(result.outlines))

    assert set(named) == {
        (test, family)
        for test in ("test_law", "test_no_other_violations")
        for family in ("time", "value")
    }


def test_every_law_family_has_a_marker():
    assert {law.id.partition(".")[0] for law in LAWS} == pytest_plugin._FAMILIES.keys()


def test_options_are_read_from_the_environment(against, run, monkeypatch):
    against()
    for name, value in TARGET.items():
        monkeypatch.setenv(f"PROLIFIC_{name.upper()}", f"{value}\n")

    assert run().ret == 0


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "no server to check: give --prolific-target URL*"),
        ({"target": BASE}, "*give a batch with --prolific-batch, a collection with --prolific-*"),
        (
            {"target": BASE, "batch": "x"},
            "*set PROLIFIC_TOKEN or PROLIFIC_TOKEN_FILE, or give --prolific-token",
        ),
        ({"target": "http://x.example", "batch": "x"}, "invalid --prolific-target: *https*"),
        (
            {**TARGET, "edition": "2025"},
            "invalid --prolific-edition '2025': choose auto or 2026-03*",
        ),
        ({**TARGET, "profile": "rude"}, "invalid --prolific-profile 'rude': choose polite or full"),
        ({**TARGET, "max-wait": "soon"}, "invalid --prolific-max-wait 'soon': give a number *"),
        ({**TARGET, "max-wait": "0"}, "invalid --prolific-max-wait 0: give seconds above 0*"),
        (
            {**TARGET, "require": "time.complete"},
            "--prolific-require time.complete: no law has this id: did you mean time.completes?*",
        ),
        ({**TARGET, "min-exercised": "few"}, "invalid --prolific-min-exercised 'few': give a *"),
        ({**TARGET, "min-exercised": "999"}, "invalid --prolific-min-exercised 999: give a *"),
    ],
)
def test_usage_error_is_one_message_without_traceback(
    against, conversations, run, options, message
):
    against()
    result = run(**options)

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    result.stderr.fnmatch_lines([f"ERROR: {message}"])
    assert conversations == []


@pytest.mark.parametrize(
    ("options", "variables", "reason"),
    [
        ({"require": "time.listed"}, {}, "*time.listed*"),
        ({}, {"REQUIRE": "time.completes, time.listed"}, "*time.listed*"),
        ({"min-exercised": "50"}, {}, "* laws exercised, but at least 50 required"),
        ({}, {"MIN_EXERCISED": "50"}, "* laws exercised, but at least 50 required"),
    ],
)
def test_unmet_requirement_fails_the_test(against, run, monkeypatch, options, variables, reason):
    against()
    for name, value in variables.items():
        monkeypatch.setenv(f"PROLIFIC_{name}", value)
    result = run("-k", "conclusive", **TARGET, **options)

    assert result.ret == 1
    result.stdout.fnmatch_lines([reason])
    result.stdout.fnmatch_lines(["FAILED *test_conversation_is_conclusive*"])


def test_met_requirements_pass(against, run):
    against()
    given = ("--prolific-require=time.completes", "--prolific-require=shape.status")
    result = run(*given, "-k", "conclusive", **TARGET, **{"min-exercised": "20"})

    assert outcomes(result) == {"passed": 1, "deselected": result.parseoutcomes()["deselected"]}


def test_other_tests_with_workers_need_no_server(pytester, monkeypatch):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    # Without a batch, asking would end the run.
    monkeypatch.setenv("PROLIFIC_TARGET", BASE)
    pytester.makepyfile("def test_of_a_user(): ...")
    plugins = ("-p", "prolific_contract.pytest_plugin", "-p", "xdist", "-n", "1")
    result = pytester.runpytest_subprocess(*plugins)

    result.assert_outcomes(passed=1)


def test_other_tests_need_no_server(pytester, run):
    pytester.makepyfile("def test_of_a_user(): ...")
    result = pytester.runpytest_inprocess("-p", "prolific_contract.pytest_plugin")

    result.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("answer", "sentence"),
    [
        (lambda asked: TargetUnreachableError("no connection"), f"{BASE} can't be reached*"),
        (lambda asked: error(403), f"no response reported the state of an export of batch {BATCH}"),
    ],
)
def test_run_that_checks_nothing_fails(against, run, answer, sentence):
    against(Scripted(answer))
    result = run(**TARGET)

    assert result.ret == 1
    result.stdout.fnmatch_lines([sentence])
    result.stdout.fnmatch_lines(["FAILED *test_conversation_is_conclusive*"])


@pytest.mark.parametrize("chosen", [("-k", "time"), ("-m", "prolific_isolation")])
@pytest.mark.parametrize(
    "answer", [lambda asked: TargetUnreachableError("no connection"), lambda asked: error(403)]
)
def test_selection_that_checks_nothing_fails(against, run, chosen, answer):
    against(Scripted(answer))
    result = run(*chosen, **TARGET)

    assert result.ret == 1
    assert "test_conversation_is_conclusive" not in result.stdout.str()


def test_selection_reports_a_missing_conversation_once(against, run):
    against(Scripted(lambda asked: TargetUnreachableError("no connection")))
    result = run("-k", "time", **TARGET)

    assert outcomes(result)["failed"] == 1
    result.stdout.fnmatch_lines(["*can't be reached*", "FAILED *test_law*"])


def test_laws_are_not_judged_without_a_verdict(against, run):
    against(Scripted(lambda asked: TargetUnreachableError("no connection")))
    result = run(**TARGET)

    assert outcomes(result).keys() == {"failed", "skipped"}
    assert outcomes(result)["failed"] == 1
    result.stdout.fnmatch_lines(["SKIPPED*no verdict: *can't be reached*"])
