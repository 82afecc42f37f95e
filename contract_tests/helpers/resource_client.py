"""The SDK as a client of a sandbox's site, for the tests of faults and variants."""

from random import Random
from typing import Any

from prolific_contract import Kind
from prolific_contract.sandbox import Site
from prolific_exports.testing import FakeClock

from helpers.clients import Clients, Flavour
from helpers.site_transport import SiteTransport

TOKEN = "token-of-the-clients"
BASE = "http://127.0.0.1:8417"
TIMEOUT = 60


class ResourceClient:
    """A client of either flavour, for the first resource of a kind.

    Attributes:
        resource: The client's part for the kind.
        resource_id: The id of the resource.
    """

    def __init__(self, site: Site, clock: FakeClock, kind: Kind, flavour: Flavour) -> None:
        self.site, self.clock, self.kind = site, clock, kind
        self.clients = Clients(flavour)
        self.transport = SiteTransport(site, clock)
        exports = self.clients.make(
            TOKEN,
            base_url=BASE,
            clock=clock,
            random=Random(7),
            http_client=self.clients.http_client(transport=self.transport),
            timeout=TIMEOUT,
        )
        self.resource: Any = exports.batches if kind == "batch" else exports.collections
        self.resource_id = site.settings.id_of(kind)
