"""The gate as pytest tests in several processes, with pytest-xdist."""

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from helpers.checks import BATCH, SETTINGS, TARGET
from helpers.conversations import BASE, Scripted
from prolific_contract import pytest_plugin
from prolific_contract.conformance import _session as session
from prolific_contract.conformance import conftest
from prolific_contract.gate.conversation import TargetUnreachableError
from prolific_contract.gate.trace import har_of
from prolific_contract.sandbox import Sandbox, SandboxSettings

pytest_plugins = ["pytester"]


class Config:
    """What is used of a pytest.Config."""

    def __init__(self, *, args=("prolific_contract.conformance",), pyargs=True, **options):
        self.args = list(args)
        self.option = SimpleNamespace(pyargs=pyargs)
        self.invocation_params = SimpleNamespace(dir=Path(conftest.__file__).parents[1])
        self._options: dict[str, Any] = {
            f"--prolific-{name}": None for name in pytest_plugin._OPTIONS
        }
        self._options["--prolific-strict"] = False
        self._options["--prolific-require"] = []
        self._options |= {f"--prolific-{name}": value for name, value in options.items()}
        self.stash = pytest.Stash()

    def getoption(self, name):
        return self._options[name]


class Node:
    """What is used of a worker as its controller sees it."""

    def __init__(self, config):
        self.config = config
        self.workerinput = {}


def worker_of(node) -> Any:
    config: Any = Config(**TARGET)
    config.workerinput = node.workerinput
    return config


def test_workers_share_one_conversation(against, conversations):
    against("date-naive@batch-status")
    config = Config(**TARGET)
    nodes = [Node(config), Node(config)]
    for node in nodes:
        pytest_plugin.pytest_configure_node(node)
    found: list[Any] = [session.hold(worker_of(node)) for node in nodes]

    assert len(conversations) == 1
    for outcome in found:
        assert [one.fingerprint for one in outcome.verdict.violations] == [
            "shape.body batch status"
        ]
    assert SETTINGS.token not in json.dumps(nodes[0].workerinput)


def test_controller_reports_remaining_jobs(against, keeping):
    against(keeping)
    config = Config(edition="2026-03", **TARGET)
    session.send_to_worker(Node(config))

    assert "still has export jobs" in config.stash[pytest_plugin.NOTICES][0]


def test_workers_report_a_missing_conversation(against):
    against(Scripted(lambda asked: TargetUnreachableError("no connection")))
    node = Node(Config(**TARGET))
    pytest_plugin.pytest_configure_node(node)
    outcome = session.hold(worker_of(node))

    assert outcome.verdict is None
    assert "can't be reached" in outcome.error


def test_controller_refuses_wrong_usage():
    node = Node(Config(target="nowhere"))
    with pytest.raises(pytest.UsageError, match="invalid --prolific-target"):
        pytest_plugin.pytest_configure_node(node)


@pytest.mark.parametrize(
    "run_of",
    [
        {"args": ["tests"]},
        {"args": []},
        {"args": ["prolific_contract.conformances", "prolific_contract.sandbox"]},
        {"args": ["prolific_contract.conformance"], "pyargs": False},
        # It holds the suite, but does not name it.
        {"args": ["."], "pyargs": False},
    ],
)
def test_run_without_conformance_tests_sends_nothing(against, conversations, monkeypatch, run_of):
    against()
    for name, value in TARGET.items():
        monkeypatch.setenv(f"PROLIFIC_{name.upper()}", value)
    node = Node(Config(**run_of))
    pytest_plugin.pytest_configure_node(node)

    assert (node.workerinput, conversations) == ({}, [])
    outcome = session.hold(worker_of(node))
    assert (outcome.verdict, conversations) == (None, [])
    assert "--pyargs prolific_contract.conformance" in outcome.error


@pytest.mark.parametrize(
    "run_of",
    [
        {"args": ["tests", "prolific_contract.conformance"]},
        {"args": ["prolific_contract.conformance.test_laws::test_law"]},
        {"args": ["conformance"], "pyargs": False},
        {"args": ["conformance/test_laws.py::test_law[shape.body-batch-status]"], "pyargs": False},
    ],
)
def test_conformance_tests_are_found_by_package_or_path(against, conversations, run_of):
    against()
    node = Node(Config(**run_of, **TARGET))
    pytest_plugin.pytest_configure_node(node)

    assert session.hold(worker_of(node)).verdict is not None
    assert len(conversations) == 1


def test_environment_options_apply_to_workers(against, monkeypatch):
    against()
    monkeypatch.setenv("PROLIFIC_TARGET", BASE)
    node = Node(Config(token=SETTINGS.token, batch=BATCH))
    pytest_plugin.pytest_configure_node(node)

    assert node.workerinput


def test_worker_without_controller_reports_what_is_missing():
    config: Any = Config()
    config.workerinput = {}
    conftest.pytest_collection_modifyitems(config)
    outcome = session.hold(config)

    assert outcome.verdict is None
    assert outcome.error.startswith("no server to check")


def test_conformance_run_works_with_two_workers(pytester, monkeypatch):
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    with Sandbox(SandboxSettings(files=1, generation_seconds=0.2, edition="2026-11")) as sandbox:
        result = pytester.runpytest_subprocess(
            *("-p", "prolific_contract.pytest_plugin", "-p", "xdist", "-n", "2", "-v"),
            *("--pyargs", "prolific_contract.conformance", "--prolific-target", sandbox.url),
            *("--prolific-token", sandbox.token, "--prolific-batch", sandbox.batch_id),
        )
        # Each of the two conversations that workers could hold takes several.
        started = sandbox._site.jobs._started
        left = sandbox._site.jobs._by_export_id

    assert result.ret == 0
    assert started.total() == 2
    assert not left


def test_workers_receive_a_recording(against):
    against()
    node = Node(Config(**TARGET))
    pytest_plugin.pytest_configure_node(node)
    sent = json.loads(node.workerinput["prolific_conversation"])
    outcome: Any = session.hold(worker_of(node))
    trace = outcome.verdict.trace

    assert json.loads(sent["har"]) == har_of(trace)
