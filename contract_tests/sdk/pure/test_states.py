"""The states of a job: values that do not show what must stay secret."""

from datetime import UTC, datetime

import pytest
from prolific_exports import Complete, Failed, Generating

UNTIL = datetime(2026, 3, 20, 11, tzinfo=UTC)


def test_ready_export_does_not_show_its_url():
    state = Complete("https://s.example/x.zip?X-Amz-Signature=SECRET", UNTIL, {"k": "SECRET"})
    assert repr(state) == f"Complete(expires_at={UNTIL!r})"
    assert "SECRET" not in f"{state} {state!r}"
    assert state.url.endswith("SECRET")


def test_states_compare_by_value_and_use_contract_names():
    assert Generating("0192") == Generating("0192") != Generating("0193")
    assert Complete("u", UNTIL) == Complete("u", UNTIL)
    assert Failed() == Failed()
    assert [s.status for s in (Generating("x"), Complete("u", UNTIL), Failed())] == [
        "generating",
        "complete",
        "failed",
    ]
    assert repr(Generating("0192")) == "Generating(export_id='0192')"


@pytest.mark.parametrize("state", [Generating("x"), Complete("u", UNTIL), Failed()])
def test_unknown_fields_are_kept_per_state(state):
    assert state.extra == {}
    assert type(state)(**{"extra": {"new": 1}} | known(state)).extra == {"new": 1}
    with pytest.raises(AttributeError):
        state.extra = {}


def known(state):
    return {
        name: getattr(state, name)
        for name in ("export_id", "url", "expires_at")
        if hasattr(state, name)
    }
