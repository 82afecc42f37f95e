import pytest
from helpers import api
from helpers.transfers import FRESH


@pytest.fixture
def ready(router, kind):
    """A job whose URL is there; asked again it gives a fresh one."""
    return router.get(api.get_url(kind)).mock(
        side_effect=[api.complete(), *[api.complete(FRESH)] * 20]
    )


@pytest.fixture
def job(resource, kind, ready):
    return resource.job(api.RESOURCE[kind], api.EXPORT_ID)
