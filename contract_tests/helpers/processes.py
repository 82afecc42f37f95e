"""Forks of the process that runs the tests."""

import os
import warnings
from collections.abc import Callable


def fork(act: Callable[[], object]) -> int:
    """The exit code of a fork that does something: 0 unless that raises."""
    with warnings.catch_warnings():
        # From Python 3.12, of threads that the fork doesn't have.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        code = 1
        try:
            act()
            code = 0
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
