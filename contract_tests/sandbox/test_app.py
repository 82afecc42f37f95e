"""The sandbox as an ASGI application, called in-process."""

import io
import json
import random
import zipfile

import anyio
import httpx
import pytest
import schemathesis
from prolific_contract.sandbox import Fate, ManualClock, SandboxSettings, create_app
from prolific_contract.sandbox import _archive_files as _shelf

SETTINGS = SandboxSettings(generation_seconds=3)
COLLECTION = f"/api/v1/data-collection/collections/{SETTINGS.id_of('collection')}/export"
AUTHORIZED = {"Authorization": f"Token {SETTINGS.token}"}


def run_client(app, conversation):
    """Run an async function of a client that talks to the application."""

    async def run():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await conversation(client)

    return anyio.run(run)


def test_request_poll_and_download():
    clock = ManualClock()

    async def conversation(client):
        requested = await client.post(COLLECTION, headers=AUTHORIZED)
        clock.advance(3)
        status_url = f"{COLLECTION}/{requested.json()['export_id']}"
        complete = await client.get(status_url, headers=AUTHORIZED)
        return requested, complete, await client.get(complete.json()["url"])

    requested, complete, download = run_client(create_app(SETTINGS, clock), conversation)

    assert (requested.status_code, complete.status_code, download.status_code) == (202, 200, 200)
    assert download.headers["Content-Length"] == str(len(download.content))
    assert download.headers["Date"] == "Thu, 19 Mar 2026 10:30:03 GMT"
    with zipfile.ZipFile(io.BytesIO(download.content)) as archive:
        assert archive.testzip() is None


def test_range_is_sent_in_chunks(monkeypatch):
    content = random.Random(1).randbytes(700_000)
    monkeypatch.setattr(_shelf, "write_archive", lambda order, target: target.write(content))
    app = create_app(SandboxSettings(generation_seconds=0))

    async def conversation(client):
        await client.post(COLLECTION, headers=AUTHORIZED)
        url = (await client.post(COLLECTION, headers=AUTHORIZED)).json()["url"]
        whole = await client.get(url)
        return whole, await client.get(url, headers={"Range": "bytes=1000-599999"})

    whole, part = run_client(app, conversation)

    assert (whole.status_code, whole.content) == (200, content)
    assert (part.status_code, part.content) == (206, content[1000:600_000])


def test_head_has_the_headers_of_get_and_no_body():
    async def conversation(client):
        requested = await client.post(COLLECTION, headers=AUTHORIZED)
        status_url = f"{COLLECTION}/{requested.json()['export_id']}"
        got = await client.get(status_url, headers=AUTHORIZED)
        return got, await client.head(status_url, headers=AUTHORIZED)

    got, head = run_client(create_app(SETTINGS, ManualClock()), conversation)

    assert head.status_code == got.status_code == 200
    assert head.headers == got.headers
    assert head.content == b""


def test_applications_have_separate_states():
    async def export_id(client):
        return (await client.post(COLLECTION, headers=AUTHORIZED)).json()["export_id"]

    async def status(client):
        return (await client.get(f"{COLLECTION}/{known}", headers=AUTHORIZED)).status_code

    first, second = (create_app(SETTINGS, ManualClock()) for _ in range(2))
    known = run_client(first, export_id)

    assert (run_client(first, status), run_client(second, status)) == (200, 404)


def test_app_supports_the_lifespan_protocol():
    sent = []

    async def receive():
        return {"type": f"lifespan.{'shutdown' if sent else 'startup'}"}

    async def send(message):
        sent.append(message["type"])

    anyio.run(create_app(), {"type": "lifespan", "app": None}, receive, send)

    assert sent == ["lifespan.startup.complete", "lifespan.shutdown.complete"]


@pytest.mark.parametrize("edition", ["2026-03", "2026-11"])
def test_schemathesis_finds_no_undocumented_response(edition):
    app = create_app(SandboxSettings(edition=edition, generation_seconds=0))
    schema = schemathesis.openapi.from_asgi("/openapi.json", app)
    operation = schema["/api/v1/data-collection/batches/{batch_id}/export"]["POST"]
    settings = SandboxSettings()
    statuses = set()
    for fate in (Fate.COMPLETES, Fate.COMPLETES, Fate.FORBIDDEN, None):
        batch_id = "x" if fate is None else settings.id_of("batch", fate)
        case = operation.Case(path_parameters={"batch_id": batch_id}, headers=AUTHORIZED)
        statuses.add(case.call_and_validate().status_code)

    assert statuses == {202, 403, 404} | ({200} if edition == "2026-03" else set())


def test_contract_served_is_json():
    async def conversation(client):
        return await client.get("/openapi.json")

    answer = run_client(create_app(), conversation)

    assert answer.headers["Content-Type"] == "application/json"
    assert json.loads(answer.content)["openapi"].startswith("3.1")
