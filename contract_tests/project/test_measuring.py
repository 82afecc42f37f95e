"""What coverage measures: every test but those that are marked as unmeasured."""

import sys

import pytest
from coverage import Coverage


@pytest.mark.unmeasured
def test_unmeasured_test_is_not_traced():
    assert Coverage.current() is None
    assert not type(sys.gettrace()).__module__.startswith("coverage")


def test_unmeasured_tests_run_after_all_others(request):
    marks = [item.get_closest_marker("unmeasured") is not None for item in request.session.items]

    assert marks == sorted(marks)


def test_xdist_group_of_one_worker_is_measured(request):
    """pytest-xdist puts groups first, so that others would come after them unmeasured."""
    grouped = [item for item in request.session.items if item.get_closest_marker("xdist_group")]

    assert not [item for item in grouped if item.get_closest_marker("unmeasured")]


@pytest.mark.parametrize("marker", ["sampled", "static", "every_python"])
def test_marker_is_for_unmeasured_tests(request, marker):
    """To leave out those that it selects must not change the coverage."""
    marked = [item for item in request.session.items if item.get_closest_marker(marker)]

    assert not [item for item in marked if not item.get_closest_marker("unmeasured")]
