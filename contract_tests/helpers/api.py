"""An API and a store in memory, for respx: what they answer, call by call."""

import io
import json
import zipfile
from typing import Any

import httpx

BASE = "https://api.example"
STORE = "https://store.example/exports/archive.zip"
SIGNED = f"{STORE}?X-Amz-Expires=3600&X-Amz-Signature=5ecret5ignature"
COLLECTION = "65f0c1d2e3a4b5c6d7e8f901"
BATCH = "0192a3b4-c5d6-7e8f-9a0b-1c2d3e4f5a6b"
EXPORT_ID = "a1b2c3d4-e5f6-4890-abcd-ef1234567890"
OTHER_EXPORT_ID = "b1b2c3d4-e5f6-4890-abcd-ef1234567890"

PLURAL = {"collection": "collections", "batch": "batches"}
RESOURCE = {"collection": COLLECTION, "batch": BATCH}


def post_url(kind: str, base: str = BASE) -> str:
    return f"{base}/api/v1/data-collection/{PLURAL[kind]}/{RESOURCE[kind]}/export"


def get_url(kind: str, export_id: str = EXPORT_ID, base: str = BASE) -> str:
    return f"{post_url(kind, base)}/{export_id}"


DEFINITION = r"/api/v1/data-collection/(collections|batches)/[^/?]+$"
"""The URLs of collections and batches themselves."""


def definition() -> httpx.Response:
    """A collection or batch with its question, in pages and in batch items."""
    question = {"id": "i-1", "type": "free_text", "description": "Why?"}
    items = [{"rows": [{"columns": [{"items": [question]}]}]}]
    pages = [{"page_items": [question]}]
    return httpx.Response(200, json={"collection_items": pages, "batch_items": items})


def generating(
    export_id: str = EXPORT_ID, status: int = 202, headers: dict[str, str] | None = None
) -> httpx.Response:
    return httpx.Response(
        status, json={"status": "generating", "export_id": export_id}, headers=headers
    )


def complete(url: str = SIGNED, status: int = 200, **headers: str) -> httpx.Response:
    body = {"status": "complete", "url": url, "expires_at": "2099-01-01T00:00:00Z"}
    return httpx.Response(status, json=body, headers=headers)


def failed() -> httpx.Response:
    return httpx.Response(200, json={"status": "failed"})


def listed(
    export_id: str = EXPORT_ID,
    status: str = "complete",
    created_at: str = "2026-03-20T09:00:00Z",
    filter_: Any = None,
    **more: Any,
) -> dict[str, Any]:
    """An export job as the list has it."""
    return {
        "export_id": export_id,
        "status": status,
        "created_at": created_at,
        "filter": filter_,
        **more,
    }


def jobs(*items: dict[str, Any], **headers: str) -> httpx.Response:
    return httpx.Response(200, json=list(items), headers=headers)


def job_ids(count: int) -> list[str]:
    return [f"a1b2c3d4-e5f6-4890-abcd-{number:012}" for number in range(count)]


def error(status: int, detail: Any = "Because.", **headers: str) -> httpx.Response:
    body = {"error": {"status": status, "error_code": 140000, "title": "A title", "detail": detail}}
    return httpx.Response(status, json=body, headers=headers)


def archive_bytes() -> bytes:
    """A small whole export archive."""
    root = f"collection-export-{COLLECTION}-20260320T100000"
    record = {
        "submission_id": "sub-1",
        "participant_id": "part-1",
        "collection_id": COLLECTION,
        "created_at": "2026-03-19T10:30:00Z",
        "responses": {"i-1": {"type": "free_text", "description": "Why?", "value": "Because"}},
    }
    metadata = {
        "collection_id": COLLECTION,
        "name": "Reasons",
        "exported_at": "2026-03-20T10:00:00Z",
        "instructions": [{"id": "i-1", "type": "free_text", "description": "Why?"}],
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in {
            "responses.jsonl": json.dumps(record) + "\n",
            "collection.json": json.dumps(metadata),
            # Tests get it for a collection and for a batch: this makes it neither's.
            "batch.json": "{}",
        }.items():
            # With the time of now, every process would have other bytes, and other ids of tests.
            member = zipfile.ZipInfo(f"{root}/{name}", (2026, 3, 20, 10, 0, 0))
            archive.writestr(member, text, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


ARCHIVE = archive_bytes()
MEMBERS = ("batch.json", "collection.json", "responses.jsonl")
ETAG = '"0123456789abcdef0123456789abcdef"'


def stored(body: bytes = ARCHIVE, etag: str | None = ETAG) -> httpx.Response:
    """The whole archive, from the store."""
    headers = {"ETag": etag} if etag else {}
    return httpx.Response(200, content=body, headers=headers)
