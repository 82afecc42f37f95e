"""Errors of the disk have a class of their own and a next step."""

import errno

import pytest
from prolific_exports import ArchiveError, StorageError, UsageError
from prolific_exports._files._failures import explained, failure


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("ENOSPC", "Free some space, or choose another path."),
        ("EDQUOT", "Free some space, or choose another path."),
        ("EFBIG", "does not allow larger files. Choose another path."),
        ("EROFS", "Choose another path."),
        ("ESTALE", "Check the disk or network share, then try again."),
        ("EIO", "Check the disk or network share, then try again."),
        ("ENODEV", "Check the disk or network share, then try again."),
    ],
)
def test_disk_error_is_a_storage_error_with_a_next_step(name, step):
    number = getattr(errno, name, None)
    if number is None:
        pytest.skip("not a number of this system")
    error = failure("It can't be", OSError(number, "words"), ArchiveError, " Kept.")
    assert type(error) is StorageError
    assert str(error).startswith("It can't be: words. ")
    assert str(error).endswith(f"{step} Kept.")


@pytest.mark.parametrize(
    "error", [PermissionError(13, "words"), ValueError("words"), OSError("words")]
)
def test_other_os_error_keeps_its_class(error):
    found = failure("It can't be", error, ArchiveError)
    assert (type(found), str(found)) == (ArchiveError, "It can't be: words.")


@pytest.mark.parametrize("number", [19, 21, 39, 64, 112, 1295])
def test_windows_error_numbers_are_recognised(number):
    class SystemFailureError(OSError):
        winerror = number

    assert type(failure("x", SystemFailureError(22, "words"), ArchiveError)) is StorageError


def test_exports_error_is_unchanged():
    with pytest.raises(UsageError, match=r"^mine$"), explained("It can't be", ArchiveError):
        raise UsageError("mine")
