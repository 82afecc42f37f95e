from random import Random

import pytest
from helpers import api
from helpers.transfers import interrupted, names_in


@pytest.fixture
def names(kind):
    """Of the partial file and its sidecar."""
    stem = f".prolific-{kind}-{api.RESOURCE[kind]}"
    return [f"{stem}.json", f"{stem}.part"]


@pytest.fixture
def run(clients, clock, kind, events):
    """Downloads with a client of its own, as another process would."""

    def run(path, export_id=None, **options):
        exports = clients.make(
            base_url=api.BASE, clock=clock, random=Random(7), on_event=events.append
        )
        resource = getattr(exports, api.PLURAL[kind])
        if export_id is not None:
            return resource.job(api.RESOURCE[kind], export_id).download(path, **options)
        return resource.download(api.RESOURCE[kind], path, **options)

    return run


@pytest.fixture
def stopped(run, store, post, get, tmp_path, names):  # noqa: PLR0917 - fixtures
    """Half of an archive is there, of a process that was interrupted."""
    store.mock(side_effect=[interrupted()])
    with pytest.raises(KeyboardInterrupt):
        run(tmp_path)
    assert names_in(tmp_path) == names
    post.mock(side_effect=AssertionError("the job is known"))
    return tmp_path
