"""Writes a conversation as HAR 1.2, the format of browsers and proxies.

Information that the format (http://www.softwareishard.com/blog/har-12-spec/) does not cover is in
members that begin with an underscore, as the format demands. Secrets are redacted.
"""

import base64
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from attrs import asdict
from prolific_exports import __version__
from prolific_exports._model._redaction import redact

from prolific_contract.gate.trace._exchanges import Exchange, HttpResponse, Trace
from prolific_contract.gate.trace._redaction import HarRedactor
from prolific_contract.spec._files import write_atomically

OWN: Final = "_prolific"
"""The member of a log that marks a recording of the gate, and describes it."""


def write_har(path: Path, trace: Trace) -> None:
    """Write a conversation to a file, secrets redacted.

    Raises:
        DocumentError: The file can't be written.
    """
    text = json.dumps(har_of(trace), indent=1, ensure_ascii=True)
    write_atomically(path, f"{text}\n".encode())


def har_of(trace: Trace) -> dict[str, Any]:
    """A conversation as HAR, secrets redacted."""
    hider = HarRedactor()
    base_url = next((exchange.base_url for exchange in trace.exchanges), "")
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "prolific-contract", "version": __version__},
            "entries": [_entry(exchange, hider) for exchange in trace.exchanges],
            OWN: {
                "baseUrl": base_url,
                "maxWait": trace.max_wait,
                "subjects": [
                    {"kind": subject.kind, "id": subject.id, "forbidden": subject.forbidden}
                    for subject in trace.subjects
                ],
                "options": None if trace.options is None else asdict(trace.options),
            },
        }
    }


def _entry(exchange: Exchange, hider: HarRedactor) -> dict[str, Any]:
    url = exchange.url if exchange.address else hider.url(exchange.url)
    milliseconds = exchange.took * 1000
    sent = exchange.sent or datetime.fromtimestamp(exchange.at, UTC)
    return {
        "startedDateTime": sent.isoformat(),
        "time": milliseconds,
        "request": {
            "method": exchange.method,
            "url": url,
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _fields(exchange.headers, hider),
            "queryString": [
                {"name": name, "value": value}
                for name, value in parse_qsl(urlsplit(url).query, keep_blank_values=True)
            ],
            "headersSize": -1,
            "bodySize": -1,
        },
        "response": _response(exchange, hider),
        "cache": {},
        "timings": {"send": 0, "wait": milliseconds, "receive": 0},
        "_credential": exchange.credential.name,
        "_at": exchange.at,
        "_took": exchange.took,
        "_sent": exchange.sent is not None,
        "_failure": exchange.failure and redact(exchange.failure),
        "_generated": exchange.generated,
    }


def _fields(fields: Iterable[tuple[str, str]], hider: HarRedactor) -> list[dict[str, str]]:
    return [{"name": redact(name), "value": hider.field(name, value)} for name, value in fields]


def _response(exchange: Exchange, hider: HarRedactor) -> dict[str, Any]:
    # Like browsers: status 0 means that there was no response.
    response = exchange.response or HttpResponse(0)
    # Of an archive's bytes, the recorder keeps only the directory.
    binary = exchange.address is None and b"\0" in response.body
    body, more = (response.body, False) if binary else hider.body(response.body)
    content: dict[str, Any] = {
        "size": len(body),
        "mimeType": hider.field("content-type", response.header("content-type") or "x-unknown"),
    }
    text = None if binary else _utf8(body)
    if text is None:
        content |= {"text": base64.b64encode(body).decode(), "encoding": "base64"}
    else:
        content["text"] = text
    return {
        "status": response.status,
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _fields(response.headers, hider),
        "content": content,
        "redirectURL": hider.field("location", response.header("location") or ""),
        "headersSize": -1,
        "bodySize": -1,
        "_cut": response.cut or (bool(response.body) and not body),
        "_redacted": response.redacted or more,
        "_echoesToken": response.echoes_token,
        "_content": None if response.content is None else response.content.as_json(),
    }


def _utf8(body: bytes) -> str | None:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None
