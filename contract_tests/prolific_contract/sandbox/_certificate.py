"""A certificate for this machine, signed by a temporary authority."""

import ssl
from pathlib import Path
from tempfile import TemporaryDirectory


class Certificate:
    """The files for https: the server's certificate and its authority.

    Attributes:
        authority: PEM file of the authority, for clients (``SSL_CERT_FILE``).
        chain: PEM file with the server's private key and certificate.
    """

    def __init__(self, host: str) -> None:
        """Create both files in a folder that only this user can read.

        Args:
            host: The address that clients use; the usual loopback names are always included.
        """
        import trustme  # noqa: PLC0415 - slow to import, and most sandboxes use http

        self._folder = TemporaryDirectory(prefix="prolific-sandbox-tls-")
        self.authority = Path(self._folder.name, "authority.pem")
        self.chain = Path(self._folder.name, "server.pem")
        authority = trustme.CA()
        names = dict.fromkeys(("localhost", "127.0.0.1", "::1", host))
        authority.cert_pem.write_to_path(str(self.authority))
        server = authority.issue_cert(*names)
        server.private_key_and_cert_chain_pem.write_to_path(str(self.chain))

    def context(self) -> ssl.SSLContext:
        """The TLS context of the server."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.chain)
        return context

    def close(self) -> None:
        """Delete the files."""
        self._folder.cleanup()
