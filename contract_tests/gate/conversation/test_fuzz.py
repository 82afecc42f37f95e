"""Requests that schemathesis makes up."""

import sys
from collections import Counter
from typing import Any

import pytest
from helpers.conversations import BASE, run_gate
from prolific_contract import MissingDependencyError, address_of
from prolific_contract.gate import judge
from prolific_contract.gate.conversation import KNOWN_JOB, generate_requests
from prolific_contract.gate.conversation._generated_requests import _to_request
from prolific_contract.gate.trace import Subject
from prolific_contract.sandbox import Fate
from prolific_contract.spec import load_contract

SUBJECTS = (Subject("batch", "known-batch"), Subject("batch", "forbidden-batch", forbidden=True))


@pytest.fixture(scope="module")
def contract():
    return load_contract()


def test_fuzzed_requests_are_the_same_in_each_run(contract):
    made = generate_requests(contract, SUBJECTS, examples=3)

    assert made == generate_requests(contract, SUBJECTS, examples=3)
    assert made != generate_requests(contract, SUBJECTS, examples=3, seed=2)
    assert len(made) == 2 * 4 * 2 * 3 / 2


def test_most_fuzzed_requests_use_a_known_resource_and_job(contract):
    made = generate_requests(contract, SUBJECTS, examples=8)
    known = [one for one in made if any(subject.id in one.path for subject in SUBJECTS)]

    assert Counter(one.method for one in made).keys() == {"POST", "GET", "DELETE"}
    assert len(known) > len(made) / 2
    assert any(one.path.endswith(f"/{KNOWN_JOB}") for one in known)


def test_fuzzed_requests_cover_only_the_given_kinds(contract):
    made = generate_requests(contract, [Subject("collection", "c")], examples=2)

    addresses = [address_of(one.path.partition("?")[0]) for one in made]
    assert {address and address.kind for address in addresses} == {"collection"}


def test_sandbox_answers_all_fuzzed_requests(contract):
    subjects = run_gate().plan.subjects
    made = generate_requests(contract, subjects, examples=4)
    trace = run_gate(
        Fate.COMPLETES, Fate.FORBIDDEN, profile="full", generated=made
    ).conversation.trace

    assert sum(one.generated for one in trace.exchanges) == len(made)
    assert judge(trace, target=BASE, profile="full").violations == ()


class Case:
    method = "GET"
    formatted_path = "/x"
    query = None
    headers = None


def test_fuzzed_headers_can_be_sent(contract):
    case: Any = Case()
    case.headers = {
        "X-Fine": "va l ue",
        "AUTHORIZATION": "Token other",
        "Bad Name": "v",
        "X-Space": " v",
        "X-Umlaut": "\u00e4",
        "X-Line": "a\r\nb",
        "": "v",
        "Content-Length": "7",
        "host": "elsewhere",
        "X-Empty": "",
    }

    assert _to_request(case).headers == (("X-Fine", "va l ue"), ("X-Empty", ""))


def test_query_of_a_fuzzed_request_is_kept():
    case: Any = Case()
    case.query = {"from": "2026-01-01T00:00:00+01:00", "study_id": ["a", "b&c"], "odd": "\ud800"}

    assert _to_request(case).path == (
        "/x?from=2026-01-01T00%3A00%3A00%2B01%3A00&study_id=a&study_id=b%26c&odd=%3F"
    )


def test_missing_schemathesis_error_names_the_extra_to_install(contract, monkeypatch):
    monkeypatch.setitem(sys.modules, "schemathesis", None)
    with pytest.raises(MissingDependencyError, match=r"pip install 'prolific-exports\[fuzz\]'"):
        generate_requests(contract, SUBJECTS)


def test_import_error_inside_schemathesis_is_not_hidden(contract, monkeypatch):
    def broken(name, *args, **kwargs):
        if name == "schemathesis":
            raise ModuleNotFoundError("No module named 'harfile'", name="harfile")
        return imported(name, *args, **kwargs)

    imported = __import__
    monkeypatch.setattr("builtins.__import__", broken)
    with pytest.raises(ModuleNotFoundError, match="harfile"):
        generate_requests(contract, SUBJECTS)
