"""What the project's own client does with what breaks."""

import copy
from typing import Any

import pytest
from prolific_contract.diff import comparison
from prolific_contract.gate import contract_of
from prolific_contract.spec import load_contract

AREA = "/api/v1/data-collection"
EXPORT = f"{AREA}/collections/{{collection_id}}/export"
STATUS = f"{EXPORT}/{{export_id}}"
SYNC = f"{AREA}/batches/{{batch_id}}/syncs/{{sync_id}}"
CONTRACT = load_contract()


def only(path, method):
    """The contract of one operation."""
    document = copy.deepcopy(CONTRACT)
    document["paths"] = {path: {method: document["paths"][path][method]}}
    return document


def readings(path, method, edit, *, back=False):
    """What the client does, by the place of the change."""
    old, new = only(path, method), only(path, method)
    edit(new)
    if back:
        old, new = new, old
    compared = comparison(old, new, old_name="old", new_name="new")
    return {
        one.finding.where: one.client
        for _, findings in compared.operations
        for one in findings
        if one.finding.verdict == "breaking"
    }


def changed(name, **values):
    return lambda document: document["components"]["schemas"][name].update(values)


def branch(**schema):
    def edit(document):
        document["components"]["schemas"]["CollectionExportStatus"]["oneOf"].append(
            {"type": "object", **schema}
        )

    return edit


SENT = "our client sends such requests"
BODY = "status 200, application/json"


def test_unknown_state_is_a_typed_error():
    edit = branch(properties={"status": {"const": "queued"}}, required=["status"])

    assert readings(STATUS, "get", edit) == {
        BODY: "our client raises UnknownStatusError, for /status"
    }


def test_field_of_another_type_is_a_typed_error():
    edit = changed("CollectionExportGenerating", required=["status"])

    assert readings(STATUS, "get", edit) == {
        BODY: "our client raises ContractViolation, for /export_id"
    }


def test_missing_body_is_a_typed_error():
    def edit(document):
        del document["paths"][STATUS]["get"]["responses"]["200"]["content"]

    assert readings(STATUS, "get", edit) == {
        "status 200, no body": "our client raises ContractViolation"
    }


def test_other_success_status_is_accepted():
    def edit(document):
        responses = document["paths"][EXPORT]["post"]["responses"]
        responses["201"] = responses["200"]

    assert readings(EXPORT, "post", edit) == {"status 201": "our client accepts it as Complete"}


@pytest.mark.parametrize(
    ("change", "reading"),
    [
        (
            {"properties": {"export_id": {"type": "integer"}}},
            "our client raises ContractViolation, for /0/export_id",
        ),
        (
            {"properties": {"filter": {"type": "string"}}},
            "our client raises ContractViolation, for /0/filter",
        ),
        ({"required": ["export_id", "status"]}, "our client raises ContractViolation, for /0/"),
    ],
    ids=["export_id", "filter", "required"],
)
def test_list_is_read_job_by_job(change, reading):
    def edit(document):
        job = document["components"]["schemas"]["ExportJob"]
        job["properties"].update(change.get("properties", {}))
        job["required"] = change.get("required", job["required"])

    (client,) = readings(EXPORT, "get", edit).values()

    assert str(client).startswith(reading)


def test_new_list_values_are_accepted_or_kept():
    def close(document):
        document["components"]["schemas"]["ExportJob"]["additionalProperties"] = False

    def edit(document):
        close(document)
        job = document["components"]["schemas"]["ExportJob"]
        job["properties"]["rows"] = {"type": "integer"}

    old, new = only(EXPORT, "get"), only(EXPORT, "get")
    close(old)
    edit(new)
    compared = comparison(old, new, old_name="old", new_name="new")
    ((_, (finding,)),) = compared.operations
    assert finding.client == "our client accepts it as ListedJob and keeps unknown members: rows"

    old, new = only(EXPORT, "get"), only(EXPORT, "get")
    content = old["paths"][EXPORT]["get"]["responses"]["200"]["content"]
    content["application/json"]["schema"]["minItems"] = 1
    compared = comparison(old, new, old_name="old", new_name="new")
    ((_, (finding,)),) = compared.operations
    assert finding.client == "our client accepts it as an empty list"


def test_deletion_accepts_any_success_status():
    def edit(document):
        responses = document["paths"][STATUS]["delete"]["responses"]
        responses["200"] = responses["204"]

    def back(document):
        del document["paths"][STATUS]["delete"]["responses"]["204"]

    assert readings(STATUS, "delete", edit) == {"status 200": "our client accepts it"}
    assert readings(STATUS, "delete", back, back=True) == {"status 204": "our client accepts it"}


def test_unknown_fields_are_kept():
    def close(document):
        for name in ("Generating", "Complete", "Failed"):
            changed(f"CollectionExport{name}", additionalProperties=False)(document)

    def edit(document):
        close(document)
        document["components"]["schemas"]["CollectionExportFailed"].update(
            properties={"status": {"enum": ["failed"]}, "reason": {"type": "string"}},
        )

    old, new = only(STATUS, "get"), only(STATUS, "get")
    close(old)
    edit(new)
    compared = comparison(old, new, old_name="old", new_name="new")

    ((_, (finding,)),) = compared.operations
    assert finding.client == "our client accepts it as Failed and keeps unknown members: reason"


@pytest.mark.parametrize(
    ("edit", "reading"),
    [
        (
            lambda written: written["parameters"].append(
                {"name": "format", "in": "query", "required": True, "schema": {"type": "string"}}
            ),
            {"query parameter format": f"{SENT}; on 400, it raises BadRequestError"},
        ),
        (
            lambda written: written.update(security=[{"other": []}]),
            {"security": f"{SENT}; on 401, it raises AuthenticationError"},
        ),
        (
            lambda written: written["parameters"][0]["schema"].update(format="uuid"),
            {"path parameter collection_id": "our client sends no such request"},
        ),
    ],
)
def test_refused_request_is_matched_with_the_clients_requests(edit, reading):
    assert readings(EXPORT, "post", lambda new: edit(new["paths"][EXPORT]["post"])) == reading


def parameter(name, **schema):
    def edit(document):
        for written in document["paths"][EXPORT]["post"]["parameters"]:
            if written["name"] == name:
                written["schema"] = schema

    return edit


@pytest.mark.parametrize(
    "edit",
    [
        parameter("study_id", type="string", format="uuid"),
        parameter("study_id", type="string", maxLength=23),
        parameter("from", type="string", format="date"),
        parameter("to", type="string", pattern="Z$"),
        # Whole seconds are taken, and what a clock gives is not.
        parameter("to", type="string", format="date-time", pattern="^[^.]*$"),
    ],
)
def test_refused_filter_is_one_the_client_sends(edit):
    (reading,) = readings(EXPORT, "post", edit).values()

    assert reading == f"{SENT} when filtering; on 400, it raises BadRequestError"


def test_refused_filter_may_be_one_the_client_never_sends():
    edit = parameter("study_id", type="string", pattern="^[0-9a-f]{24}$")

    assert readings(EXPORT, "post", edit) == {
        "query parameter study_id": "our client sends no such request"
    }


def test_ignored_filter_is_one_the_client_sends():
    def edit(document):
        parameters = document["paths"][EXPORT]["post"]["parameters"]
        parameters[:] = [one for one in parameters if one["name"] != "from"]

    assert readings(EXPORT, "post", edit) == {
        "query parameter from": f"{SENT} when filtering; if the list of jobs does not show "
        "the filter, it raises FilterIgnoredError"
    }


def with_format(**schema):
    def edit(document):
        document["paths"][EXPORT]["post"]["parameters"].append(
            {"name": "format", "in": "query", "schema": {"type": "string", **schema}}
        )

    return edit


def test_change_of_a_value_never_sent_does_not_affect_the_client():
    assert readings(EXPORT, "post", with_format(), back=True) == {
        "query parameter format": "our client sends no such request"
    }


def test_changed_default_of_an_omitted_value_affects_the_client():
    def compared(path, name):
        old, new = only(path, "post"), only(path, "post")
        for document, default in ((old, "a"), (new, "b")):
            with_format(name=name, default=default)(document)
        ((_, findings),) = comparison(old, new, old_name="old", new_name="new").operations
        return [one.client for one in findings]

    assert compared(EXPORT, "format") == ["our client omits it"]


def test_removed_operation_is_a_not_found_error():
    def edit(document):
        document["paths"] = only(SYNC, "get")["paths"]

    assert readings(EXPORT, "post", edit) == {
        "operation": "our client sends it; on 404, it raises NotFoundError"
    }


@pytest.mark.parametrize(
    ("path", "method", "rest", "error"),
    [
        (EXPORT, "get", "post", "UnsupportedError"),
        (STATUS, "delete", "get", "UnsupportedError"),
        (EXPORT, "post", "get", "BadRequestError"),
    ],
)
def test_removed_method_of_a_kept_path_is_refused(path, method, rest, error):
    def edit(document):
        document["paths"] = only(path, rest)["paths"]
        # By whatever name.
        renamed = {key.replace("_id}", "}"): item for key, item in document["paths"].items()}
        for operation in renamed[path.replace("_id}", "}")].values():
            for written in operation["parameters"]:
                written["name"] = written["name"].removesuffix("_id")
        document["paths"] = renamed

    handled = readings(path, method, edit)
    assert handled["operation"] == f"our client sends it; on 405, it raises {error}"


def test_earlier_edition_lists_and_deletes_nothing():
    later: Any = contract_of("2026-11")
    earlier: Any = contract_of("2026-03")
    compared = comparison(later, earlier, old_name="11", new_name="03")
    handled = [
        one.client
        for diff, findings in compared.operations
        for one in findings
        if one.finding.where == "operation" and diff.new is None
    ]

    assert handled == ["our client sends it; on 405, it raises UnsupportedError"] * 4


@pytest.mark.parametrize(
    ("edit", "reading"),
    [
        (
            changed("SyncJobStatus", enum=["queued", "lost"]),
            "the generated client accepts it as SyncJob",
        ),
        (
            changed("SyncJob", required=["status"]),
            "the generated client fails with KeyError: 'batch_id'",
        ),
    ],
)
def test_other_responses_are_read_by_the_generated_client(edit, reading):
    assert readings(SYNC, "get", edit) == {BODY: reading}


def test_generated_client_may_accept_a_break_or_return_none():
    def edit(document):
        properties = document["components"]["schemas"]["SyncJob"]["properties"]
        properties["reason"] = {"type": "integer"}
        responses = document["paths"][SYNC]["get"]["responses"]
        responses["203"] = responses["200"]

    assert readings(SYNC, "get", edit) == {
        BODY: "the generated client accepts it as SyncJob",
        "status 203": "the generated client has no model for it (parsed is None)",
    }


def test_operation_unknown_to_the_client_has_no_client_finding():
    path = f"{AREA}/novelties"

    def moved(document):
        document["paths"] = {path: {"get": document["paths"][SYNC]["get"]}}
        document["paths"][path]["get"]["parameters"] = []
        return document

    old, new = moved(only(SYNC, "get")), moved(only(SYNC, "get"))
    changed("SyncJobStatus", enum=["lost"])(new)

    ((_, (finding,)),) = comparison(old, new, old_name="old", new_name="new").operations
    assert (finding.finding.verdict, finding.client) == ("breaking", None)
    ((_, (finding,)), *_) = comparison(
        old, only(EXPORT, "post"), old_name="old", new_name="new"
    ).operations[::-1]
    assert (finding.finding.where, finding.client) == ("operation", None)
