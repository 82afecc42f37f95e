"""Finding workspaces, collections and batches: lists in pages."""

import httpx
import pytest
from helpers import api
from hypothesis import given, settings
from hypothesis import strategies as st
from prolific_exports import (
    AccessDeniedError,
    AuthenticationError,
    BadRequestError,
    ContractViolation,
    Exports,
    IncompleteListError,
    ListRef,
    NotFoundError,
    Resource,
    Retrying,
    UsageError,
    Workspace,
)

WORKSPACE = "64d0c0de00000000000000aa"
WORKSPACES_URL = f"{api.BASE}/api/v1/workspaces/"


def list_url(kind):
    return f"{api.BASE}/api/v1/data-collection/{api.PLURAL[kind]}"


def page(*results, count=None):
    meta = {} if count is None else {"meta": {"count": count}}
    return httpx.Response(200, json={"results": list(results), **meta})


def entries(first, stop):
    return [{"id": f"id-{number}"} for number in range(first, stop)]


def ids(found):
    return [entry.id for entry in found]


def served(total, *, length=None, counted=True):
    """What a server with so many entries responds, in pages of at most ``length``."""

    def respond(request):
        query = request.url.params
        offset = int(query.get("offset", 0))
        limit = min(int(query.get("limit", total)), length or total)
        found = entries(offset, min(total, offset + limit))
        return page(*found, count=total if counted else None)

    return respond


def test_find_of_a_workspace_has_collections_and_then_batches(router, exports):
    for kind in ("collection", "batch"):
        router.get(list_url(kind)).mock(return_value=page({"id": f"of-{kind}"}))
    assert [(one.kind, one.id) for one in exports.find(WORKSPACE)] == [
        ("collection", "of-collection"),
        ("batch", "of-batch"),
    ]


def test_find_of_an_invalid_workspace_sends_nothing(router, exports):
    with pytest.raises(UsageError):
        exports.find("a b")
    assert not router.calls


def test_collection_has_what_the_list_says(router, exports):
    router.get(list_url("collection")).mock(
        return_value=page(
            {
                "id": api.COLLECTION,
                "name": "Meals",
                "created_at": "2026-03-01T09:00:00.1234567Z",
                "last_modified_at": "2026-03-02T09:00:00Z",
                "item_count": 3,
                "workspace_id": WORKSPACE,
            },
            count=1,
        )
    )

    (found,) = exports.collections.find(WORKSPACE)

    assert found == Resource(
        kind="collection",
        id=api.COLLECTION,
        name="Meals",
        created_at=found.created_at,
        modified_at=found.modified_at,
        counts={"items": 3},
        extra={"workspace_id": WORKSPACE},
    )
    assert found.created_at.isoformat() == "2026-03-01T09:00:00.123456+00:00"
    assert found.modified_at.isoformat() == "2026-03-02T09:00:00+00:00"


def test_batch_has_status_and_counts(router, exports):
    router.get(list_url("batch")).mock(
        return_value=page(
            {
                "id": api.BATCH,
                "name": "Ratings",
                "status": "READY",
                "created_at": "2026-03-01T09:00:00Z",
                "total_task_count": 12,
                "total_task_groups": 4,
                "total_instruction_count": 2,
            }
        )
    )

    (found,) = exports.batches.find(WORKSPACE)

    assert (found.kind, found.status) == ("batch", "READY")
    assert found.counts == {"tasks": 12, "task_groups": 4, "instructions": 2}
    assert found.extra == {}


def test_workspace_has_title_and_description(router, exports):
    router.get(WORKSPACES_URL).mock(
        return_value=page({"id": WORKSPACE, "title": "Lab", "description": "Food", "owner": "u1"})
    )

    assert list(exports.workspaces()) == [Workspace(WORKSPACE, "Lab", "Food", {"owner": "u1"})]


def test_only_an_id_is_required(router, resource, kind):
    router.get(list_url(kind)).mock(
        return_value=page({"id": "1", "name": 7, "created_at": "soon", "item_count": "3"})
    )

    (found,) = resource.find(WORKSPACE)

    assert found == Resource(kind=kind, id="1", extra={})


def test_pages_of_a_collection_are_counted_if_the_server_does_not(router, exports):
    router.get(list_url("collection")).mock(
        return_value=page({"id": "1", "collection_items": [{}, {}]})
    )

    (found,) = exports.collections.find(WORKSPACE)

    assert found.counts == {"items": 2}
    assert found.extra == {"collection_items": [{}, {}]}


def test_request_names_the_workspace_and_the_page(router, resource, kind):
    route = router.get(list_url(kind)).mock(side_effect=served(450, length=200))

    assert ids(resource.find(f" {WORKSPACE} ")) == ids(resource.find(WORKSPACE))

    queries = [dict(call.request.url.params) for call in route.calls][:3]
    assert {query.pop("workspace_id") for query in queries} == {WORKSPACE}
    # No official client pages the list of batches: its first request looks like theirs.
    first = {} if kind == "batch" else {"limit": "200"}
    assert queries == [
        first,
        {"limit": "200", "offset": "200"},
        {"limit": "200", "offset": "400"},
    ]


def test_pages_are_requested_as_they_are_needed(router, exports):
    route = router.get(list_url("collection")).mock(side_effect=served(450, length=200))

    found = exports.collections.find(WORKSPACE)
    assert route.call_count == 0
    assert next(iter(found)).id == "id-0"
    assert route.call_count == 1


@settings(deadline=None)
@given(
    total=st.integers(0, 1000),
    length=st.sampled_from([1000, 200, 199, 150, 100, 50]),
    counted=st.booleans(),
    kind=st.sampled_from(["collection", "batch"]),
)
def test_every_entry_is_found_once(total, length, counted, kind):
    # A server that neither counts nor fills a page looks as if it had no more.
    if not counted:
        length = 1000 if kind == "batch" else 200
    transport = httpx.MockTransport(served(total, length=length, counted=counted))
    with Exports(
        "t0ken", base_url=api.BASE, http_client=httpx.Client(transport=transport)
    ) as client:
        listed = client.collections if kind == "collection" else client.batches
        assert ids(listed.find(WORKSPACE)) == [f"id-{number}" for number in range(total)]


def test_server_that_ignores_paging_is_read_once_or_twice(router, exports):
    route = router.get(list_url("collection")).mock(return_value=page(*entries(0, 300)))

    assert len(list(exports.collections.find(WORKSPACE))) == 300
    assert route.call_count == 2


def test_list_that_changes_between_pages_has_no_repetitions(router, exports):
    router.get(list_url("collection")).mock(
        side_effect=[
            page(*entries(0, 200), count=250),
            page(*entries(199, 250), count=251),
            page(count=250),
        ]
    )

    assert ids(exports.collections.find(WORKSPACE)) == ids_up_to(250)


def ids_up_to(stop):
    return [f"id-{number}" for number in range(stop)]


def test_incomplete_list_is_an_error_after_the_entries(router, exports):
    router.get(list_url("collection")).mock(
        side_effect=[page(*entries(0, 3), count=5), page(count=5)]
    )
    found = []

    with pytest.raises(IncompleteListError, match="the server sent 3 of 5") as caught:
        found.extend(one.id for one in exports.collections.find(WORKSPACE))

    assert found == ids_up_to(3)
    assert caught.value.ref == ListRef("collection", WORKSPACE)
    assert f"The list of collections in workspace {WORKSPACE} is incomplete" in str(caught.value)


def test_incomplete_list_of_workspaces_is_an_error(router, exports):
    router.get(WORKSPACES_URL).mock(return_value=page(*entries(0, 1), count=2))

    with pytest.raises(IncompleteListError, match="The list of the workspaces of your account is"):
        list(exports.workspaces())


@pytest.mark.parametrize("count", [None, True, "3", 2.0])
def test_count_that_is_not_an_integer_is_ignored(router, exports, count):
    router.get(WORKSPACES_URL).mock(
        return_value=httpx.Response(200, json={"results": entries(0, 2), "meta": {"count": count}})
    )

    assert len(list(exports.workspaces())) == 2


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ([], "/results"),
        ({}, "/results"),
        ({"results": {}}, "/results"),
        ({"results": [{"id": "1"}, {}]}, "/results/1/id"),
        ({"results": [{"id": ""}]}, "/results/0/id"),
        ({"results": ["1"]}, "/results/0/id"),
    ],
)
def test_response_outside_the_contract_is_an_error(router, resource, kind, body, pointer):
    router.get(list_url(kind)).mock(return_value=httpx.Response(200, json=body))

    with pytest.raises(ContractViolation, match="Unexpected response about workspace") as caught:
        list(resource.find(WORKSPACE))

    assert caught.value.pointer == pointer


@pytest.mark.parametrize(
    ("status", "error", "text"),
    [
        (400, BadRequestError, "Check the id."),
        (401, AuthenticationError, f"The API rejected the token for workspace {WORKSPACE}"),
        (403, AccessDeniedError, "Ask for access to it, or check the id."),
        (404, NotFoundError, "Check the id of the workspace and your access."),
    ],
)
def test_refusal_names_the_workspace(router, resource, kind, status, error, text):
    router.get(list_url(kind)).mock(return_value=api.error(status))

    with pytest.raises(error) as caught:
        list(resource.find(WORKSPACE))

    assert text in str(caught.value)
    assert WORKSPACE in str(caught.value)
    assert "collection or batch" not in str(caught.value)


def test_failed_page_is_retried(router, exports, events):
    router.get(WORKSPACES_URL).mock(side_effect=[api.error(503), page(*entries(0, 1), count=1)])

    assert ids(exports.workspaces()) == ["id-0"]
    assert [type(event) for event in events] == [Retrying]
    assert events[0].ref == ListRef("workspace")


def test_invalid_id_is_refused_before_iteration(router, resource):
    with pytest.raises(UsageError, match="not the id of a workspace"):
        resource.find("https://app.prolific.com/workspaces/1")

    assert not router.calls


def test_secrets_are_removed_from_names(router, exports):
    router.get(WORKSPACES_URL).mock(
        return_value=page({"id": "1", "title": "t0ken-of-a-test", "more": "t0ken-of-a-test"})
    )

    (found,) = exports.workspaces()

    assert "t0ken-of-a-test" not in f"{found.title} {found.extra}"
