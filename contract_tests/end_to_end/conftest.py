import pytest


@pytest.fixture(autouse=True)
def _straight_to_loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy of the machine's comes between."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost")
