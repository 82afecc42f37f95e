"""Arrow's functions are found where pyarrow keeps them, or where it publishes them."""

import sys

import pyarrow as pa
import pyarrow.compute  # before its private module is hidden
import pytest
from prolific_exports._tables import _compute as compute


@pytest.fixture(params=["pyarrow._compute", "pyarrow.compute"])
def _functions(request, monkeypatch):
    if request.param == "pyarrow.compute":
        monkeypatch.setitem(sys.modules, "pyarrow._compute", None)
    compute._functions.cache_clear()
    yield
    compute._functions.cache_clear()


@pytest.mark.usefixtures("_functions")
def test_arrow_functions_are_called_by_name():
    texts = pa.array(["b", "a", None, "b"])
    assert compute.call("is_null", texts).to_pylist() == [False, False, True, False]
    assert compute.take(texts, pa.array([3, 1])).to_pylist() == ["b", "a"]
    assert compute.encode(texts).dictionary.to_pylist() == ["b", "a"]
    assert compute.cast(pa.array(["7", None]), pa.int32()).to_pylist() == [7, None]
    assert compute.matches(texts, "^b$").to_pylist() == [True, False, None, True]
    with pytest.raises(pa.ArrowInvalid):
        compute.cast(texts, pa.int32())
