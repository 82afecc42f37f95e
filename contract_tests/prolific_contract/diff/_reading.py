"""Reads a contract from a file or a URL."""

import re
from pathlib import Path
from typing import Any

import httpx
from prolific_exports import UsageError
from prolific_exports._http import _requests as http
from prolific_exports._http._connections import enforce_limit
from prolific_exports._http._environment import Environment
from prolific_exports._http._limit import LateError, Limit
from prolific_exports._http._logging import without_secrets
from prolific_exports._http._routing import client
from prolific_exports._http._unreachable import Reachability
from prolific_exports._model._clock import SystemClock
from prolific_exports._model._content_coding import ACCEPTED, CodingError
from prolific_exports._model._redaction import redact
from prolific_exports._model._redactor import Redactor

from prolific_contract._errors import DocumentError
from prolific_contract.spec._components import reachable
from prolific_contract.spec._files import read_text
from prolific_contract.spec._importer import import_document
from prolific_contract.spec._names import PREFIX
from prolific_contract.spec._validation import check_structure
from prolific_contract.spec._versions import modern, version_of
from prolific_contract.spec._yaml import load_yaml

_URL = re.compile(r"https?://", re.IGNORECASE)
MOST_BYTES = 20_000_000
"""The largest document that is fetched; the published one has about 0.55 million bytes."""
_MOST_REDIRECTS = 5
_TIMEOUT = 60.0  # seconds for all of it
# httpx also raises the ValueError of its IDNA library for invalid hosts.
_FAILURES = (httpx.HTTPError, httpx.InvalidURL, ValueError, CodingError, LateError)


def read_contract(source: str) -> dict[str, Any]:
    """The contract in a file or at a URL.

    Args:
        source: A path or an ``http`` or ``https`` URL of a YAML or JSON document. The import
            reduces a document with more than the Task Builder to that part.

    Raises:
        DocumentError: The source can't be read or is not an OpenAPI document.
    """
    return contract_of(read_source(source), shown(source))


def shown(source: str) -> str:
    """The name of a source in messages: a path as given, a URL without passwords and query."""
    return redact(source) if _URL.match(source) else source


def contract_of(text: str, source: str) -> dict[str, Any]:
    """Parse a contract (see `read_contract`).

    Raises:
        DocumentError: The text is not an OpenAPI document.
    """
    try:
        if "```" in text:  # a page that embeds the document
            return import_document(text, source=source)
        document = load_yaml(text, source=source)
        if not _is_reduced(document):
            return import_document(text, source=source)
        document = modern(document)
        check_structure(document, source)
        try:
            reachable(document)
        except DocumentError as error:
            raise DocumentError(f"{source}: {error}") from error
    except RecursionError:
        raise DocumentError(f"{source} is nested too deeply") from None
    return dict(document)


def _is_reduced(document: Any) -> bool:
    """Whether a document contains the Task Builder only."""
    return (
        isinstance(document, dict)
        and version_of(document) is not None
        and isinstance(document.get("paths"), dict)
        and bool(document["paths"])
        and all(path.startswith(PREFIX) for path in document["paths"])
    )


def read_source(source: str) -> str:
    """The text of a file or at a URL.

    Raises:
        DocumentError: The source can't be read.
    """
    if not _URL.match(source):
        return read_text(Path(source))
    name, redactor = shown(source), Redactor()
    try:
        return _text(_fetch(httpx.URL(source), name, redactor), name)
    except UsageError as error:
        # Settings in the environment are invalid.
        raise DocumentError(f"{name} can't be fetched: {error}") from error
    except _FAILURES as error:
        reason = redactor.text(str(error))
        failure = DocumentError(f"{name} can't be fetched: {type(error).__name__}: {reason}")
        failure.__cause__ = redactor.cause(error)
    # Raised outside the handler, so that text from the server does not become its context.
    raise failure


def _text(content: bytes, name: str) -> str:
    try:
        return content.decode()
    except UnicodeDecodeError as error:
        raise DocumentError(f"{name} is not UTF-8 text: {error.reason}") from error


def _fetch(url: httpx.URL, name: str, redactor: Redactor) -> bytes:
    environment = Environment.read()
    limit = Limit(SystemClock(), _TIMEOUT)
    with client(environment) as fetching, without_secrets(redactor), enforce_limit(limit):
        try:
            return _followed(fetching, url, name, redactor)
        except httpx.TransportError as error:
            obstacle = Reachability(environment).permanent_failure(error, url)
            if obstacle is None:
                raise
            failure = DocumentError(f"{name} can't be fetched: {obstacle}")
            failure.__cause__ = redactor.cause(error)
    raise failure


def _followed(fetching: httpx.Client, url: httpx.URL, name: str, redactor: Redactor) -> bytes:
    first = url
    for _ in range(_MOST_REDIRECTS + 1):
        # The query of a link to a private document contains its signature.
        redactor.learn(str(url))
        headers = {"Accept": "*/*", "Accept-Encoding": ACCEPTED}
        with fetching.stream("GET", url, headers=headers, timeout=_TIMEOUT) as response:
            if response.next_request is not None:
                target = response.next_request.url
                if target.host != first.host or (url.scheme, target.scheme) == (
                    "https",
                    "http",
                ):
                    raise DocumentError(
                        f"{name} redirects to {target.scheme}://{redactor.text(target.host)}, "
                        "which is not followed: if the document has moved there, use that URL"
                    )
                url = target
                continue
            if response.status_code != httpx.codes.OK:
                raise DocumentError(
                    f"{name} can't be fetched: the server answered {response.status_code}"
                )
            return _read(response, name)
    raise DocumentError(f"{name} redirects more than {_MOST_REDIRECTS} times")


def _read(response: httpx.Response, name: str) -> bytes:
    body = http.body_of(response, MOST_BYTES)
    for piece in http.raw_bytes(response):
        if body.is_enough(piece):
            raise DocumentError(
                f"{name} is larger than {MOST_BYTES // 1_000_000} MB, the limit for documents"
            )
    return bytes(body.data)
