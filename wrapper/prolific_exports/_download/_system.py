"""The parts of the operating system that a download uses."""

from collections.abc import Callable

from attrs import field, frozen

from prolific_exports._download._heartbeat import StopBeating, beat
from prolific_exports._files._disk import Disk, OsDisk
from prolific_exports._files._process import OsProcesses, Processes


@frozen
class System:
    """Files, processes and a timer; a simulation replaces them.

    Attributes:
        beat: Calls a function every so many seconds in the background, until the returned
            function is called.
    """

    disk: Disk = field(factory=OsDisk)
    processes: Processes = field(factory=OsProcesses)
    beat: Callable[[Callable[[], object], float], StopBeating] = beat
