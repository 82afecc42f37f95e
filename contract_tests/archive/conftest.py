import sys

import pytest
from prolific_exports import ExportArchive
from prolific_exports._archive._decoders import checksum, igzip

from archive.builders import collection_members, write_zip


@pytest.fixture
def place(tmp_path):
    """The folder that everything must stay in; nothing else is in it."""
    folder = tmp_path / "place"
    folder.mkdir()
    return folder


@pytest.fixture
def make(tmp_path):
    return lambda members, **more: ExportArchive.open(
        write_zip(tmp_path / "export.zip", members, **more)
    )


@pytest.fixture
def path(tmp_path):
    return tmp_path / "export.zip"


@pytest.fixture
def whole(path):
    return write_zip(path, collection_members())


@pytest.fixture(params=["isal", "zlib"])
def codec(request, monkeypatch):
    """Decompresses with and without what the [fast] extra brings."""
    if request.param == "isal":
        pytest.importorskip("isal")
    else:
        monkeypatch.setitem(sys.modules, "isal", None)
    igzip.cache_clear()
    checksum.cache_clear()
    yield
    igzip.cache_clear()
    checksum.cache_clear()
