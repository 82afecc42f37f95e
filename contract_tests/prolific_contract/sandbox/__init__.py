"""An embedded server that behaves as the documents say Prolific's export API does.

``Sandbox`` runs it on a loopback socket; ``create_app`` returns it as an ASGI
application to call in-process. Both take ``SandboxSettings`` and, for tests,
a clock such as ``ManualClock``.

``KNOWN_RESOURCES`` lists its collections and batches, each with the fate of its
jobs. The server needs starlette and uvicorn (the ``[contract]`` extra), which are
imported when ``Sandbox`` or ``create_app`` is first used.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from prolific_contract._vocabulary import EDITIONS, Edition, Kind
from prolific_contract.sandbox._resources import KNOWN_RESOURCES, Fate, Resource

if TYPE_CHECKING:
    from prolific_contract.sandbox._app import create_app
    from prolific_contract.sandbox._clock import Clock, ManualClock, SystemClock
    from prolific_contract.sandbox._errors import SandboxError
    from prolific_contract.sandbox._server import Sandbox
    from prolific_contract.sandbox._settings import SandboxSettings

__all__ = [
    "EDITIONS",
    "KNOWN_RESOURCES",
    "Clock",
    "Edition",
    "Fate",
    "Kind",
    "ManualClock",
    "Resource",
    "Sandbox",
    "SandboxError",
    "SandboxSettings",
    "SystemClock",
    "create_app",
]

_HOMES = {
    "Clock": "_clock",
    "ManualClock": "_clock",
    "Sandbox": "_server",
    "SandboxError": "_errors",
    "SandboxSettings": "_settings",
    "SystemClock": "_clock",
    "create_app": "_app",
}


# Hidden from type checkers, which would otherwise accept any name.
if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        # The command's --help reads the ids from this package, without importing a web server.
        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"{__name__}.{_HOMES[name]}"), name)
