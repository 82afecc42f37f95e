"""An embedded server that behaves as the documents say Prolific's export API does.

``Sandbox`` runs it on a loopback socket; ``create_app`` returns it as an ASGI
application to call in-process. Both take ``SandboxSettings`` and, for tests,
a clock such as ``ManualClock``. ``Site`` is the server without a socket: it answers
a ``Call`` with a ``Reply``, and faults and variants wrap it.

``KNOWN_RESOURCES`` lists its collections and batches, each with the fate of its
jobs. The server needs starlette and uvicorn (the ``[contract]`` extra), which are
imported when ``Sandbox`` or ``create_app`` is first used.
"""

from typing import TYPE_CHECKING

from prolific_contract._lazy import lazy
from prolific_contract._vocabulary import EDITIONS, Edition, Kind
from prolific_contract.sandbox._resources import (
    DEFAULT_TOKEN,
    FATE_MEANINGS,
    KNOWN_RESOURCES,
    LIMIT_STATUSES,
    STUDIES,
    WORKSPACES,
    Fate,
    SandboxResource,
)

if TYPE_CHECKING:
    from prolific_contract.sandbox._app import app_for, create_app
    from prolific_contract.sandbox._archive import ArchiveSpec, write_archive
    from prolific_contract.sandbox._clock import ManualClock, SandboxClock, SteadyClock
    from prolific_contract.sandbox._errors import SandboxError
    from prolific_contract.sandbox._http import (
        Call,
        FileSlice,
        NoReplyError,
        Reply,
        StoreError,
        xml_reply,
    )
    from prolific_contract.sandbox._replies import body_of, jobs_of
    from prolific_contract.sandbox._server import Sandbox
    from prolific_contract.sandbox._settings import SandboxSettings
    from prolific_contract.sandbox._site import Site
    from prolific_contract.sandbox._site_choice import make_site

__all__ = [
    "DEFAULT_TOKEN",
    "EDITIONS",
    "FATE_MEANINGS",
    "KNOWN_RESOURCES",
    "LIMIT_STATUSES",
    "STUDIES",
    "WORKSPACES",
    "ArchiveSpec",
    "Call",
    "Edition",
    "Fate",
    "FileSlice",
    "Kind",
    "ManualClock",
    "NoReplyError",
    "Reply",
    "Sandbox",
    "SandboxClock",
    "SandboxError",
    "SandboxResource",
    "SandboxSettings",
    "Site",
    "SteadyClock",
    "StoreError",
    "app_for",
    "body_of",
    "create_app",
    "jobs_of",
    "make_site",
    "write_archive",
    "xml_reply",
]

# Type checkers would otherwise accept any name.
if not TYPE_CHECKING:
    __getattr__ = lazy(
        __name__,
        _app="app_for create_app",
        _archive="ArchiveSpec write_archive",
        _clock="SandboxClock ManualClock SteadyClock",
        _errors="SandboxError",
        _http="Call FileSlice NoReplyError Reply StoreError xml_reply",
        _replies="body_of jobs_of",
        _server="Sandbox",
        _settings="SandboxSettings",
        _site="Site",
        _site_choice="make_site",
    )
