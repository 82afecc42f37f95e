"""What the built contract says, and that it is what its sources give."""

import json
import re
from functools import cache

import jsonschema_rs
import pytest
from project.tree import ROOT
from prolific_contract import STATES
from prolific_contract.gate import DISCREPANCIES
from prolific_contract.spec import (
    EDITIONS,
    build_with_proof,
    load_contract,
    load_document,
    load_yaml,
    shipped_contract,
)
from prolific_contract.spec._overlay import parse_overlay
from prolific_contract.spec._structure import walk

OPENAPI = ROOT / "openapi"
PREFIX = "/api/v1/data-collection/"
EXPORTS = [
    ("batch", "/api/v1/data-collection/batches/{batch_id}/export"),
    ("collection", "/api/v1/data-collection/collections/{collection_id}/export"),
]

OPERATIONS = {
    ("get", "batches"): "list_batches",
    ("post", "batches"): "create_batch",
    ("get", "batches/{batch_id}"): "get_batch",
    ("patch", "batches/{batch_id}"): "update_batch",
    ("post", "batches/{batch_id}/duplicate"): "duplicate_batch",
    ("get", "batches/{batch_id}/export"): "list_batch_exports",
    ("post", "batches/{batch_id}/export"): "request_batch_export",
    ("delete", "batches/{batch_id}/export/{export_id}"): "delete_batch_export",
    ("get", "batches/{batch_id}/export/{export_id}"): "get_batch_export_status",
    ("get", "batches/{batch_id}/instructions"): "list_instructions",
    ("post", "batches/{batch_id}/instructions"): "create_instructions",
    ("put", "batches/{batch_id}/instructions"): "replace_instructions",
    ("get", "batches/{batch_id}/report/"): "get_batch_report",
    ("get", "batches/{batch_id}/responses"): "list_batch_responses",
    ("post", "batches/{batch_id}/setup"): "set_up_batch",
    ("get", "batches/{batch_id}/status"): "get_batch_status",
    ("post", "batches/{batch_id}/sync"): "sync_batch",
    ("get", "batches/{batch_id}/syncs/{sync_id}"): "get_batch_sync",
    ("get", "collections"): "list_collections",
    ("post", "collections"): "create_collection",
    ("get", "collections/{collection_id}"): "get_collection",
    ("put", "collections/{collection_id}"): "replace_collection",
    ("get", "collections/{collection_id}/export"): "list_collection_exports",
    ("post", "collections/{collection_id}/export"): "request_collection_export",
    ("delete", "collections/{collection_id}/export/{export_id}"): "delete_collection_export",
    ("get", "collections/{collection_id}/export/{export_id}"): "get_collection_export_status",
    ("get", "collections/{collection_id}/responses"): "list_collection_responses",
    ("post", "datasets"): "create_dataset",
    ("get", "datasets/{dataset_id}"): "get_dataset",
    ("patch", "datasets/{dataset_id}"): "update_dataset_schema",
    ("post", "datasets/{dataset_id}/datapoints"): "append_datapoints",
    ("get", "datasets/{dataset_id}/imports/{import_id}"): "get_dataset_import",
    ("get", "datasets/{dataset_id}/schema-migrations/{job_id}"): "get_schema_migration",
    ("get", "datasets/{dataset_id}/status"): "get_dataset_status",
    ("get", "datasets/{dataset_id}/upload-url/{filename}"): "get_dataset_upload_url",
    ("get", "/api/v1/workspaces/"): "list_workspaces",
}


@cache
def built(edition=None):
    return build_with_proof(
        load_document(OPENAPI / "upstream.yaml"), load_document(OPENAPI / "overlay.yaml"), edition
    )


@pytest.fixture(scope="module")
def contract():
    return load_contract()


def operations(document):
    return {
        (method, path.removeprefix(PREFIX)): operation
        for path, item in document["paths"].items()
        for method, operation in item.items()
    }


def valid(document, name, value):
    schema = {"$ref": f"#/components/schemas/{name}", "components": document["components"]}
    return jsonschema_rs.Draft202012Validator(schema, validate_formats=True).is_valid(value)


def test_contract_file_is_current():
    text = (OPENAPI / "prolific.yaml").read_text(encoding="utf-8")

    assert built().render() == text


@pytest.mark.parametrize("edition", EDITIONS)
def test_shipped_contract_of_an_edition_is_the_one_that_passes_the_checks(edition):
    assert json.dumps(shipped_contract(edition)) == json.dumps(built(edition).document)


def test_every_pair_of_branches_is_proved_disjoint():
    assert [str(pair) for pair in built().unproved] == []
    assert len(built().disjoint) > 100


def test_every_operation_is_named_by_method_and_path(contract):
    assert {key: o["operationId"] for key, o in operations(contract).items()} == OPERATIONS


def test_every_operation_has_one_tag_a_summary_and_the_token_scheme(contract):
    for operation in operations(contract).values():
        assert len(operation["tags"]) == 1
        assert operation["summary"].endswith(".")
        assert operation["security"] == [{"token": []}]
    assert {tag for o in operations(contract).values() for tag in o["tags"]} == {
        "exports",
        "batches",
        "collections",
        "datasets",
        "instructions",
        "workspaces",
    }


@pytest.mark.parametrize("path", ["batches", "collections", "/api/v1/workspaces/"])
def test_lists_take_limit_and_offset(contract, path):
    given = operations(contract)["get", path]["parameters"]
    parameters = {parameter["name"]: parameter for parameter in given}

    for name, minimum in (("limit", 1), ("offset", 0)):
        assert parameters[name]["in"] == "query"
        assert not parameters[name].get("required")
        assert parameters[name]["schema"] == {"type": "integer", "minimum": minimum}


def test_token_is_not_a_parameter(contract):
    for operation in operations(contract).values():
        parameters = operation.get("parameters")
        assert parameters is None or parameters
        assert "Authorization" not in {parameter["name"] for parameter in parameters or ()}


@pytest.mark.parametrize("status", ["401", "404", "429"])
def test_every_operation_documents_the_general_errors(contract, status):
    envelope = {"application/json": {"schema": {"$ref": "#/components/schemas/ErrorEnvelope"}}}

    for operation in operations(contract).values():
        assert operation["responses"][status]["content"] == envelope


def test_429_may_have_retry_after(contract):
    for operation in operations(contract).values():
        header = operation["responses"]["429"]["headers"]["Retry-After"]
        assert not header["required"]
        assert header["schema"] == {"type": "string"}


@pytest.mark.parametrize(
    ("detail", "accepted"),
    [
        ("text", True),
        (["one", "two"], True),
        ({"name": ["too long"], "any field": []}, True),
        ({}, True),
        ({"name": "too long"}, False),
        ([1], False),
        (None, False),
    ],
)
def test_error_details_are_text_or_fields(contract, detail, accepted):
    error = {"status": 400, "error_code": 1, "title": "t", "detail": detail}

    assert valid(contract, "ErrorEnvelope", {"error": error}) is accepted


@pytest.mark.parametrize(("kind", "path"), EXPORTS)
class TestExports:
    def test_request_response_is_a_job_or_an_archive(self, contract, kind, path):
        responses = contract["paths"][path]["post"]["responses"]

        assert {
            status: response["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2]
            for status, response in responses.items()
        } == {
            "200": f"{kind.title()}ExportComplete",
            "202": f"{kind.title()}ExportGenerating",
            "400": "ErrorEnvelope",
            "401": "ErrorEnvelope",
            "403": "ErrorEnvelope",
            "404": "ErrorEnvelope",
            "409": "ErrorEnvelope",
            "429": "ErrorEnvelope",
        }

    @pytest.mark.parametrize(
        ("edition", "statuses"), [("2026-03", {"200", "202"}), ("2026-11", {"202"})]
    )
    def test_edition_has_its_own_responses(self, kind, path, edition, statuses):
        responses = built(edition).document["paths"][path]["post"]["responses"]

        assert {status for status in responses if status < "400"} == statuses

    def test_only_the_later_edition_has_filters_lists_and_deletions(self, kind, path):
        early, late = (built(edition).document["paths"] for edition in ("2026-03", "2026-11"))
        resource = f"{kind}_id"

        assert set(early[path]) == {"post"}
        assert set(early[f"{path}/{{export_id}}"]) == {"get"}
        assert [p["name"] for p in early[path]["post"]["parameters"]] == [resource]
        assert [p["name"] for p in late[path]["post"]["parameters"]] == [
            resource,
            "study_id",
            "from",
            "to",
        ]
        assert set(late[path]["get"]["responses"]) == {"200", "401", "403", "404", "429"}
        assert set(late[f"{path}/{{export_id}}"]["delete"]["responses"]) == {
            "204",
            "401",
            "403",
            "404",
            "409",
            "429",
        }

    def test_assumptions_about_the_later_edition_are_marked(self, kind, path):
        early, late = (built(edition).document["paths"][path]["post"] for edition in EDITIONS)

        assert {"400", "409"}.isdisjoint(early["responses"])
        assert {
            status
            for status, response in late["responses"].items()
            if response.get("x-assumption", "").endswith(".")
        } == {"400", "409"}

    def test_new_job_links_to_its_status(self, contract, kind, path):
        link = contract["paths"][path]["post"]["responses"]["202"]["links"]["status"]
        status = contract["paths"][path + "/{export_id}"]["get"]

        assert link["operationId"] == status["operationId"]
        assert link["parameters"].keys() == {p["name"] for p in status["parameters"]}

    def test_states_are_distinguished_by_status(self, contract, kind, path):
        union = contract["components"]["schemas"][f"{kind.title()}ExportStatus"]

        assert union["discriminator"]["propertyName"] == "status"
        assert list(union["discriminator"]["mapping"].values()) == [
            branch["$ref"] for branch in union["oneOf"]
        ]
        assert set(union["discriminator"]["mapping"]) == set(STATES)

    @pytest.mark.parametrize(
        ("state", "accepted"),
        [
            ({"status": "generating", "export_id": "a1b2c3d4-e5f6-7890-abcd-ef1234567890"}, True),
            ({"status": "generating", "export_id": "nope"}, False),
            ({"status": "generating"}, False),
            (
                {
                    "status": "complete",
                    "url": "https://store.example.org/x?sig=1",
                    "expires_at": "2026-03-20T10:30:00Z",
                    "unknown": [1],
                },
                True,
            ),
            ({"status": "complete", "url": "https://store.example.org/x"}, False),
            ({"status": "failed"}, True),
            ({"status": "unknown"}, False),
            ({}, False),
        ],
    )
    def test_states_have_their_documented_members(self, contract, kind, path, state, accepted):
        assert valid(contract, f"{kind.title()}ExportStatus", state) is accepted


@pytest.mark.parametrize("name", ["DatasetSchemaVersion", "CollectionSchemaVersion"])
def test_schema_versions_are_numbers_or_text(contract, name):
    assert valid(contract, name, 4)
    assert valid(contract, name, "5")
    assert not valid(contract, name, 4.5)


def test_no_schema_lists_several_types_besides_null(contract):
    """oapi-codegen knows no others; a union of schemas says the same to all generators."""
    lists = {
        place.pointer: set(place.node["type"]) - {"null"}
        for place in walk(contract)
        if place.row == "schema" and isinstance(place.node.get("type"), list)
    }

    assert lists
    assert {pointer for pointer, types in lists.items() if len(types) != 1} == set()


def test_datapoints_are_binary_lines(contract):
    body = operations(contract)["post", "datasets/{dataset_id}/datapoints"]["requestBody"]

    assert body == {
        "required": True,
        "content": {"application/x-ndjson": {"schema": {"type": "string", "format": "binary"}}},
    }


def test_only_instructions_are_deprecated(contract):
    assert {
        operation["operationId"]
        for operation in operations(contract).values()
        if operation.get("deprecated")
    } == {"list_instructions", "create_instructions", "replace_instructions"}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DatasetSchemaField", {"type": "audio_url"}),
        ("DatasetSchemaField", {"type": "video_url"}),
        ("BatchItemsItem", {"type": "video_narration", "description": "Say what you see."}),
        ("TaskResponseResponseType", "video_narration"),
        ("BatchItemsItem", {"type": "star_rating", "description": "How good is it?"}),
        (
            "BatchItemsItem",
            {"type": "star_rating", "description": "How good is it?", "max_stars": 10},
        ),
        ("TaskResponseResponseType", "star_rating"),
        ("CollectionResponseResponseType", "star_rating"),
        ("CollectionInstructionInputType", "star_rating"),
        ("BatchInstructionsPostRequestInstructionType", "star_rating"),
    ],
)
def test_types_of_the_later_edition_are_in_it_and_in_the_union(contract, name, value):
    assert valid(contract, name, value)
    assert valid(built("2026-11").document, name, value)
    assert not valid(built("2026-03").document, name, value)


@pytest.mark.parametrize("stars", [0, 11, 2.5, "5"])
def test_star_rating_outside_1_to_10_is_refused(contract, stars):
    item = {"type": "star_rating", "description": "How good is it?", "max_stars": stars}

    assert not valid(contract, "BatchItemsItem", item)


def test_discriminators_map_every_branch(contract):
    for name, schema in contract["components"]["schemas"].items():
        if "discriminator" in schema:
            mapping = schema["discriminator"]["mapping"].values()
            assert set(mapping) == {branch["$ref"] for branch in schema["oneOf"]}, name


def test_overlay_names_its_evidence_for_every_judged_discrepancy():
    judged = (OPENAPI / "README.md").read_text(encoding="utf-8")
    used = {
        e.discrepancy
        for action in parse_overlay(load_document(OPENAPI / "overlay.yaml"))
        for e in action.evidence
    } - {None}

    rows = re.findall(r"(?m)^\| (D-\d+) ([^|]+) \|", judged.replace("`", ""))
    assert rows == [(one.id, one.title) for one in DISCREPANCIES.values()]
    assert used <= set(DISCREPANCIES)


def test_overlay_names_documents_as_described_in_its_header():
    ways = (
        r"documents/00\d|prolific-openapi-2026-07|(api-reference|documentation)/\S+|github\.com/\S+"
    )
    named = {
        evidence.document
        for action in parse_overlay(load_document(OPENAPI / "overlay.yaml"))
        for evidence in action.evidence
    }

    assert {document for document in named if not re.fullmatch(ways, document)} == set()


def test_deletions_have_the_evidence_for_their_204():
    evidence = [
        {one.document for one in action.evidence}
        for action in parse_overlay(load_document(OPENAPI / "overlay.yaml"))
        if isinstance(action.update, dict) and "204" in str(action.update)
    ]

    assert len(evidence) == 2
    assert all("github.com/prolific-oss/cli" in documents for documents in evidence)


def test_contract_has_no_aliases():
    text = (OPENAPI / "prolific.yaml").read_text(encoding="utf-8")

    assert load_yaml(text, source="x") == load_contract()
    assert "&id" not in text


LISTED = {
    "export_id": "0199f3a2-5b1c-7d3e-8f4a-1b2c3d4e5f60",
    "filter": None,
    "status": "complete",
    "created_at": "2026-11-02T10:00:00Z",
}


@pytest.mark.parametrize(
    ("change", "fits"),
    [
        ({}, True),
        ({"filter": {"study_id": "s", "from": "2026-11-01T00:00:00Z"}}, True),
        ({"filter": {"from": "yesterday"}}, False),
        ({"filter": "all"}, False),
        ({"status": "expired"}, True),
        ({"created_at": "2026-11-02"}, False),
        ({"export_id": "17"}, False),
    ],
    ids=str,
)
def test_listed_job_has_its_documented_members(contract, change, fits):
    assert valid(contract, "ExportJob", LISTED | change) is fits
