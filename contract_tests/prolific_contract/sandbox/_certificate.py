"""A certificate for this machine, from an authority that exists as long as the sandbox."""

import ssl
from pathlib import Path
from tempfile import TemporaryDirectory


class Certificate:
    """What a server needs to speak https, and what its clients need to believe it.

    Attributes:
        authority: PEM file of the authority: what ``SSL_CERT_FILE`` is set to.
        chain: PEM file of the server's private key and certificate.
    """

    def __init__(self, host: str) -> None:
        """Make both, in a folder that only this user can read.

        Args:
            host: The address that clients will use, besides the usual ones of this machine.
        """
        import trustme  # noqa: PLC0415 - takes its time, and most sandboxes speak http

        self._folder = TemporaryDirectory(prefix="prolific-sandbox-tls-")
        self.authority = Path(self._folder.name, "authority.pem")
        self.chain = Path(self._folder.name, "server.pem")
        authority = trustme.CA()
        names = dict.fromkeys(("localhost", "127.0.0.1", "::1", host))
        authority.cert_pem.write_to_path(str(self.authority))
        server = authority.issue_cert(*names)
        server.private_key_and_cert_chain_pem.write_to_path(str(self.chain))

    def context(self) -> ssl.SSLContext:
        """For a server's side of connections."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain)
        return context

    def close(self) -> None:
        """Delete the files."""
        self._folder.cleanup()
