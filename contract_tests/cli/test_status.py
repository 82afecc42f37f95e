"""``prolific-exports status``."""

from datetime import UTC, datetime

import httpx
import pytest
from helpers import api


def test_status_prints_the_state_on_stdout(cli, router, kind):
    router.get(api.get_url(kind)).mock(return_value=api.generating())
    outcome = cli("status", kind, api.RESOURCE[kind], api.EXPORT_ID)
    assert (outcome.code, outcome.out, outcome.err) == (0, "generating\n", "")


def test_status_failed_job_exits_with_0(cli, router):
    router.get(api.get_url("batch")).mock(return_value=api.failed())
    outcome = cli("status", "batch", api.BATCH, api.EXPORT_ID)
    assert (outcome.code, outcome.out) == (0, "failed\n")


@pytest.mark.parametrize(
    ("expires_at", "message"),
    [
        ("2026-03-20T12:30:00+01:00", "expires at 2026-03-20 11:30 UTC, in 1 h 30 min."),
        ("2026-03-20T10:00:00Z", "expired at 2026-03-20 10:00 UTC. A download requests a new URL."),
        ("9999-12-31T23:30:00-10:00", "expires at 9999-12-31 23:30-10:00, in "),
    ],
)
def test_status_complete_prints_the_expiry_but_not_the_url(cli, router, expires_at, message):
    body = {"status": "complete", "url": api.SIGNED, "expires_at": expires_at}
    router.get(api.get_url("collection")).mock(return_value=httpx.Response(200, json=body))
    outcome = cli("status", "collection", api.COLLECTION, api.EXPORT_ID)
    assert (outcome.code, outcome.out) == (0, "complete\n")
    assert message in outcome.err
    assert "store.example" not in outcome.err


def test_status_unreadable_expiry_is_not_printed(cli, router):
    body = {"status": "complete", "url": api.SIGNED, "expires_at": "soon"}
    router.get(api.get_url("collection")).mock(return_value=httpx.Response(200, json=body))
    arguments = ("status", "collection", api.COLLECTION, api.EXPORT_ID)

    outcome = cli(*arguments)
    with_json = cli(*arguments, "--json")

    assert (outcome.code, outcome.out) == (0, "complete\n")
    assert "expires" not in outcome.err
    assert with_json.json["expires_at"] is None


def test_status_json_is_one_object(cli, router):
    status = router.get(api.get_url("collection"))
    status.mock(return_value=api.complete())
    outcome = cli("status", "collection", api.COLLECTION, api.EXPORT_ID, "--json")
    expected = {
        "kind": "collection",
        "id": api.COLLECTION,
        "export_id": api.EXPORT_ID,
        "status": "complete",
        "expires_at": datetime(2099, 1, 1, tzinfo=UTC).isoformat(),
        "error": None,
    }
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.json == expected
    status.mock(return_value=api.generating())
    outcome = cli("status", "collection", api.COLLECTION, api.EXPORT_ID, "--json")
    assert outcome.json == expected | {"status": "generating", "expires_at": None}


def test_status_error_is_one_line_and_one_json_object(cli, router):
    router.get(api.get_url("collection")).mock(return_value=api.error(404))
    arguments = ("status", "collection", api.COLLECTION, api.EXPORT_ID)
    outcome = cli(*arguments)
    assert (outcome.code, outcome.out) == (1, "")
    assert outcome.err.startswith("prolific-exports: error: Not found: ")
    assert outcome.err.count("\n") == 1
    with_json = cli(*arguments, "--json")
    assert with_json.code == 1
    assert with_json.err == outcome.err
    assert with_json.json | {"error": None} == {
        "kind": "collection",
        "id": api.COLLECTION,
        "export_id": api.EXPORT_ID,
        "status": None,
        "expires_at": None,
        "error": None,
    }
    assert with_json.json["error"]["type"] == "NotFoundError"


def test_retries_are_printed(cli, router):
    router.get(api.get_url("collection")).mock(side_effect=[api.error(503), api.generating()])
    outcome = cli("status", "collection", api.COLLECTION, api.EXPORT_ID)
    assert outcome.out == "generating\n"
    assert outcome.err.startswith(f"collection {api.COLLECTION}: retrying in ")
    assert outcome.err.count("\n") == 1


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_status_interrupt_exits_with_130(cli, router, options):
    def interrupted(request):
        raise KeyboardInterrupt

    router.get(api.get_url("collection")).mock(side_effect=interrupted)
    outcome = cli("status", "collection", api.COLLECTION, api.EXPORT_ID, *options)
    assert outcome.code == 130
    assert outcome.err == "prolific-exports: error: interrupted\n"
    if options:
        assert outcome.json["error"]["type"] == "KeyboardInterrupt"
        assert outcome.json["error"]["retryable"] is True


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["collection", "a b", api.EXPORT_ID], "'a b' is not the id of a collection"),
        (["collection", api.COLLECTION, "../x"], "'../x' is not the id of an export"),
        (
            ["study", api.COLLECTION, api.EXPORT_ID],
            "argument KIND: choose from 'collection', 'batch'. See",
        ),
        (["batch", api.BATCH], "required: EXPORT_ID"),
    ],
)
def test_wrong_usage_exits_with_2_and_sends_nothing(cli, router, arguments, message):
    outcome = cli("status", *arguments, "--json")
    assert outcome.code == 2
    assert message in outcome.err
    assert message in outcome.json["error"]["message"]
    assert outcome.json.keys() == {"kind", "id", "export_id", "status", "expires_at", "error"}
    assert not router.calls
