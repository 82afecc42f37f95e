"""One tree of errors, as the module's docstring draws it; each crosses process borders."""

import copy
import inspect
import pickle
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import prolific_exports
import pytest
from prolific_exports import _errors as errors

REF = prolific_exports.ExportRef("batch", "65f0", "0192")
CLASSES = {
    name: value
    for name, value in vars(errors).items()
    if inspect.isclass(value) and issubclass(value, errors.ExportsError)
}
API = {
    "operation": "POST /x",
    "ref": REF,
    "status": 429,
    "title": "Slow down",
    "code": 140100,
    "detail": {"field": ["wrong"]},
    "retry_after": 2.5,
}
VIOLATION = {
    "operation": "GET /x",
    "ref": REF,
    "status": 200,
    "pointer": "/status",
    "excerpt": "{}",
}


JOBS = (
    prolific_exports.ListedJob(
        "0192",
        "complete",
        datetime(2026, 3, 20, tzinfo=UTC),
        prolific_exports.ExportFilter("65a1", extra={"a": 1}),
        {"b": 2},
    ),
)


def attributes(cls):
    if cls is errors.TooManyExportsError:
        return {**API, "jobs": JOBS}
    if issubclass(cls, errors.ApiError):
        return API
    if issubclass(cls, errors.ContractViolation):
        return VIOLATION
    if issubclass(cls, errors.NoAnswerError):
        return {"operation": "POST /x", "ref": REF, "sent": True}
    return {
        errors.ExportFailedError: {"ref": REF},
        errors.FilterIgnoredError: {"ref": REF},
        errors.ExportTimeoutError: {"ref": REF, "waited": 3.5},
        errors.TargetExistsError: {"path": Path("x.zip")},
        errors.TargetInUseError: {"path": Path("x.zip"), "host": "here", "pid": 7},
    }.get(cls, {})


def drawn():
    """Class name → name of its parent, as drawn."""
    parents: dict[str, str | None] = {}
    branch: list[str] = []
    for line in (errors.__doc__ or "").splitlines():
        if found := re.match(r"([│├└─ ]*)([A-Z]\w+(?:Error|Violation))\b(?!:)", line):
            depth = len(found[1]) // 4
            branch[depth:] = [found[2]]
            parents[found[2]] = branch[depth - 1] if depth else None
    return parents


def test_error_tree_matches_its_drawing():
    tree: dict[str, Any] = {name: cls.__bases__[0].__name__ for name, cls in CLASSES.items()}
    tree["ExportsError"] = None
    assert drawn() == tree


def test_usage_error_is_a_value_error():
    assert errors.UsageError.__mro__[1:3] == (errors.ExportsError, ValueError)


@pytest.mark.parametrize("cls", CLASSES.values(), ids=CLASSES)
@pytest.mark.parametrize("way", [lambda e: pickle.loads(pickle.dumps(e)), copy.copy, copy.deepcopy])
def test_pickled_error_keeps_its_attributes(cls, way):
    error = cls("what happened", **attributes(cls))
    error.add_note("a note")
    arrived = way(error)
    assert type(arrived) is cls
    assert str(arrived) == "what happened"
    assert arrived.args == ("what happened",)
    assert arrived.__notes__ == ["a note"]
    for name, value in attributes(cls).items():
        assert getattr(error, name) == value
        assert getattr(arrived, name) == value


def test_unknown_api_error_attributes_are_none():
    error = errors.ServerError("x", operation="GET /x", ref=REF, status=520)
    assert (error.title, error.code, error.detail, error.retry_after) == (None,) * 4


@pytest.mark.parametrize("cls", CLASSES.values(), ids=CLASSES)
def test_every_attribute_is_documented(cls):
    documented = "\n".join(inspect.getdoc(ancestor) or "" for ancestor in cls.__mro__)
    for name in attributes(cls):
        assert f"\n    {name}: " in documented


def test_hint_and_retryable_of_one_error_replace_those_of_its_class():
    plain = errors.DownloadError("x")
    other = errors.DownloadError("x", hint="Wait.", retryable=True)
    assert (plain.hint, plain.retryable) == (None, False)
    assert (other.hint, other.retryable) == ("Wait.", True)
    copied = pickle.loads(pickle.dumps(other))
    assert (copied.hint, copied.retryable) == ("Wait.", True)


def test_every_error_has_the_attributes_that_a_program_needs():
    error = errors.ExportsError("x")
    documented = inspect.getdoc(errors.ExportsError) or ""
    for name in ("hint", "status", "code", "retry_after", "operation", "ref"):
        assert getattr(error, name) is None
        assert f"\n    {name}: " in documented
    assert error.retryable is False


def test_errors_that_may_pass_by_themselves_are_retryable():
    assert {name for name, cls in CLASSES.items() if cls.retryable} == {
        "ConflictError",
        "ExportTimeoutError",
        "IncompleteListError",
        "NoAnswerError",
        "RateLimitedError",
        "ServerError",
        "TargetInUseError",
    }
