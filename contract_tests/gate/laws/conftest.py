import pytest
from helpers.traces import TraceBuilder


@pytest.fixture(params=["batch", "collection"])
def builder(request: pytest.FixtureRequest) -> TraceBuilder:
    """An empty trace about one kind of resource."""
    return TraceBuilder(request.param)
