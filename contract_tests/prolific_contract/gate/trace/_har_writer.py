"""Writes a conversation as HAR 1.2, the format of browsers and proxies.

What the format (http://www.softwareishard.com/blog/har-12-spec/) has no place for stands in
members that begin with an underscore, as it demands. Secrets are redacted.
"""

import base64
import json
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final
from urllib.parse import parse_qsl, urlsplit

from prolific_exports import __version__
from prolific_exports._model._redaction import redact

from prolific_contract.gate.trace._exchanges import Answer, Exchange, Trace
from prolific_contract.gate.trace._redaction import Hider
from prolific_contract.spec._files import write_atomically

OWN: Final = "_prolific"
"""The member of a log that says that it is a recording of the gate's, and of what."""


def write_har(path: Path, trace: Trace) -> None:
    """Write a conversation to a file, secrets redacted.

    Raises:
        DocumentError: The file can't be written.
    """
    text = json.dumps(har_of(trace), indent=1, ensure_ascii=True)
    write_atomically(path, f"{text}\n".encode())


def har_of(trace: Trace) -> dict[str, Any]:
    """A conversation as HAR, secrets redacted."""
    hider = Hider()
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
            },
        }
    }


def _entry(exchange: Exchange, hider: Hider) -> dict[str, Any]:
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


def _fields(fields: Iterable[tuple[str, str]], hider: Hider) -> list[dict[str, str]]:
    return [{"name": redact(name), "value": hider.field(name, value)} for name, value in fields]


def _response(exchange: Exchange, hider: Hider) -> dict[str, Any]:
    # Browsers, too, write a status 0 where there was no answer.
    answer = exchange.answer or Answer(0)
    # What the recorder left of an archive is its directory.
    binary = exchange.address is None and b"\0" in answer.body
    body, more = (answer.body, False) if binary else hider.body(answer.body)
    content: dict[str, Any] = {
        "size": len(body),
        "mimeType": hider.field("content-type", answer.header("content-type") or "x-unknown"),
    }
    text = None if binary else _utf8(body)
    if text is None:
        content |= {"text": base64.b64encode(body).decode(), "encoding": "base64"}
    else:
        content["text"] = text
    return {
        "status": answer.status,
        "statusText": "",
        "httpVersion": "HTTP/1.1",
        "cookies": [],
        "headers": _fields(answer.headers, hider),
        "content": content,
        "redirectURL": hider.field("location", answer.header("location") or ""),
        "headersSize": -1,
        "bodySize": -1,
        "_cut": answer.cut or (bool(answer.body) and not body),
        "_redacted": answer.redacted or more,
        "_echoesToken": answer.echoes_token,
    }


def _utf8(body: bytes) -> str | None:
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError:
        return None
