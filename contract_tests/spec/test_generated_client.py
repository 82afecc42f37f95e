"""The generated client: where it is imported from, and that it speaks the contract."""

from datetime import UTC, datetime
from importlib import import_module
from io import BytesIO
from pathlib import Path
from uuid import UUID

import httpx
import prolific_api
import pytest
from prolific_api import AuthenticatedClient, models
from prolific_api.types import File

PACKAGE = Path(prolific_api.__file__).parent

MODULES = [
    "prolific_api.api.batches.create_batch",
    "prolific_api.api.batches.duplicate_batch",
    "prolific_api.api.batches.get_batch",
    "prolific_api.api.batches.get_batch_report",
    "prolific_api.api.batches.get_batch_status",
    "prolific_api.api.batches.get_batch_sync",
    "prolific_api.api.batches.list_batch_responses",
    "prolific_api.api.batches.list_batches",
    "prolific_api.api.batches.set_up_batch",
    "prolific_api.api.batches.sync_batch",
    "prolific_api.api.batches.update_batch",
    "prolific_api.api.collections.create_collection",
    "prolific_api.api.collections.get_collection",
    "prolific_api.api.collections.list_collection_responses",
    "prolific_api.api.collections.list_collections",
    "prolific_api.api.collections.replace_collection",
    "prolific_api.api.datasets.append_datapoints",
    "prolific_api.api.datasets.create_dataset",
    "prolific_api.api.datasets.get_dataset",
    "prolific_api.api.datasets.get_dataset_import",
    "prolific_api.api.datasets.get_dataset_status",
    "prolific_api.api.datasets.get_dataset_upload_url",
    "prolific_api.api.datasets.get_schema_migration",
    "prolific_api.api.datasets.update_dataset_schema",
    "prolific_api.api.exports.delete_batch_export",
    "prolific_api.api.exports.delete_collection_export",
    "prolific_api.api.exports.get_batch_export_status",
    "prolific_api.api.exports.get_collection_export_status",
    "prolific_api.api.exports.list_batch_exports",
    "prolific_api.api.exports.list_collection_exports",
    "prolific_api.api.exports.request_batch_export",
    "prolific_api.api.exports.request_collection_export",
    "prolific_api.api.instructions.create_instructions",
    "prolific_api.api.instructions.list_instructions",
    "prolific_api.api.instructions.replace_instructions",
    "prolific_api.api.workspaces.list_workspaces",
]

JOB = "a1b2c3d4-e5f6-7890-abcd-ef1234567890"
GENERATING = {"status": "generating", "export_id": JOB}
COMPLETE = {
    "status": "complete",
    "url": "https://store.example.org/x.zip?sig=1",
    "expires_at": "2026-03-20T10:30:00Z",
}
FAILED = {"status": "failed"}


def test_import_paths_are_stable():
    found = sorted(
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts)
        for path in (PACKAGE / "api").glob("*/*.py")
        if path.name != "__init__.py"
    )

    assert found == MODULES


@pytest.mark.parametrize("name", MODULES)
def test_operation_has_no_token_parameter(name):
    module = import_module(name)

    for function in (module.sync_detailed, module.asyncio_detailed):
        assert function.__annotations__["client"] is AuthenticatedClient
        assert "authorization" not in function.__annotations__
        assert function.__doc__.strip()


def test_paths_in_a_wheel_fit_into_windows():
    paths = [path.relative_to(PACKAGE.parent).as_posix() for path in PACKAGE.rglob("*.py")]

    assert [path for path in paths if len(path) > 80] == []


def test_models_have_names_instead_of_union_numbers():
    assert [
        name
        for name in models.__all__
        if name.rstrip("0123456789").endswith("Type") and name[-1].isdigit()
    ] == []
    assert [name for name in models.__all__ if "OneOf" in name] == []


def call(operation, *ids, answer, status=200):
    """Call a generated function over a transport that answers; what it parsed and was asked."""
    requests = []

    def respond(request):
        requests.append(request)
        return httpx.Response(status, json=answer)

    client = AuthenticatedClient(
        base_url="https://api.example.org",
        token="secret",
        prefix="Token",
        httpx_args={"transport": httpx.MockTransport(respond)},
    )
    module = import_module(f"prolific_api.api.exports.{operation}")
    with client:
        return module.sync_detailed(*ids, client=client), requests[0]


@pytest.mark.parametrize(("kind", "plural"), [("batch", "batches"), ("collection", "collections")])
class TestExports:
    @pytest.mark.parametrize(
        ("status", "answer", "state"),
        [(200, COMPLETE, "Complete"), (202, GENERATING, "Generating")],
    )
    def test_request_returns_its_typed_response(self, kind, plural, status, answer, state):
        response, request = call(f"request_{kind}_export", "a/b", answer=answer, status=status)

        assert type(response.parsed) is getattr(models, f"{kind.title()}Export{state}")
        assert response.parsed.to_dict()["status"] == answer["status"]
        assert request.method == "POST"
        assert request.url.raw_path == f"/api/v1/data-collection/{plural}/a%2Fb/export".encode()
        assert request.headers["Authorization"] == "Token secret"
        assert request.content == b""

    @pytest.mark.parametrize(
        ("answer", "state"),
        [(GENERATING, "Generating"), (COMPLETE, "Complete"), (FAILED, "Failed")],
    )
    def test_status_returns_its_typed_state(self, kind, plural, answer, state):
        extended = {**answer, "new": [1]}

        response, request = call(f"get_{kind}_export_status", "a", JOB, answer=extended)

        assert type(response.parsed) is getattr(models, f"{kind.title()}Export{state}")
        assert response.parsed.additional_properties == {"new": [1]}
        assert request.method == "GET"
        assert request.url.path == f"/api/v1/data-collection/{plural}/a/export/{JOB}"

    def test_values_are_typed(self, kind, plural):
        operation = f"get_{kind}_export_status"

        generating = call(operation, "a", JOB, answer=GENERATING)[0].parsed
        complete = call(operation, "a", JOB, answer=COMPLETE)[0].parsed

        assert generating.export_id == UUID(JOB)
        assert complete.expires_at == datetime(2026, 3, 20, 10, 30, tzinfo=UTC)
        assert complete.url == COMPLETE["url"]

    @pytest.mark.parametrize("status", [401, 403, 404, 429])
    @pytest.mark.parametrize("detail", ["text", ["one", "two"], {"any name": ["wrong"]}])
    def test_errors_are_typed_with_all_details(self, kind, plural, status, detail):
        error = {"error": {"status": status, "error_code": 1, "title": "t", "detail": detail}}

        response, _ = call(f"request_{kind}_export", "a", answer=error, status=status)

        assert isinstance(response.parsed, models.ErrorEnvelope)
        parsed = response.parsed.error.detail
        if isinstance(detail, dict):
            assert isinstance(parsed, models.FieldErrors)
            assert parsed["any name"] == ["wrong"]
        else:
            assert parsed == detail


def test_datapoints_are_sent_as_the_bytes_given():
    lines = b'{"a": 1}\n{"a": 2}\n'
    module = import_module("prolific_api.api.datasets.append_datapoints")
    kwargs = module._get_kwargs(UUID(JOB), body=File(payload=BytesIO(lines)))

    assert kwargs["headers"] == {"Content-Type": "application/x-ndjson"}
    content = kwargs["content"]
    assert (content if isinstance(content, bytes) else content.read()) == lines


@pytest.mark.parametrize("version", [4, "4", 5])
def test_schema_versions_are_read_in_both_types(version):
    dataset = models.Dataset.from_dict(
        {
            "id": JOB,
            "name": "n",
            "created_at": "2026-03-20T10:30:00Z",
            "created_by": "u",
            "workspace_id": "w",
            "total_datapoint_count": 1,
            "schema_version": version,
            "schema": {"strict": True, "fields": {"clip": {"type": "audio_url"}}},
        }
    )

    assert dataset.schema_version == version
    assert dataset.to_dict()["schema"]["fields"] == {"clip": {"type": "audio_url"}}


def test_batch_item_of_the_later_edition_is_read():
    column = models.BatchItemsColumn.from_dict(
        {"items": [{"type": "video_narration", "description": "d", "new": 1}]}
    )

    (item,) = column.items
    assert isinstance(item, models.BatchItemsItemVideoNarration)
    assert item.additional_properties == {"new": 1}
