"""A client that has been closed."""

import httpx
import pytest
from helpers import api
from prolific_exports import UsageError
from prolific_exports._flows._effects import Fetch
from prolific_exports._http import _requests as http


def calls(resource, folder):
    one = api.RESOURCE["collection"]
    job = resource.job(one, api.EXPORT_ID)
    return {
        "download": lambda: resource.download(one, folder / "data.zip"),
        "export": lambda: resource.export(one),
        "list": lambda: resource.list(one),
        "delete": lambda: resource.delete(one, api.EXPORT_ID),
        "wait": job.wait,
        "go on": lambda: job.download(folder / "data.zip"),
    }


@pytest.mark.parametrize("call", ["download", "export", "list", "delete", "wait", "go on"])
def test_closed_client_raises_and_leaves_no_files(exports, router, call, tmp_path):
    exports.close()
    exports.close()

    with pytest.raises(UsageError, match="The client is closed.*`with` block"):
        calls(exports.collections, tmp_path)[call]()

    assert not router.calls
    assert list(tmp_path.iterdir()) == []


def test_closed_injected_client_raises(clients, tmp_path):
    client = clients.http_client()
    exports = clients.make(base_url=api.BASE, http_client=client)
    clients.__exit__(None, None, None) if clients.flavour == "sync" else clients._runner.run(
        client.aclose()
    )

    with pytest.raises(UsageError, match="The client is closed"):
        exports.collections.list(api.RESOURCE["collection"])


def test_closed_client_fetches_nothing_from_the_store():
    client = httpx.Client()
    client.close()
    fetch = Fetch(url="https://store.example/a", headers={}, accept=bool, write=bytes, timeout=1)

    with pytest.raises(UsageError, match="The client is closed"):
        http.store_request(client, fetch)
