"""Recordings of exports: HAR files of the gate and of other tools."""

import json
from typing import Any

from prolific_contract.gate import Verdict, judge
from prolific_contract.gate.trace import HttpResponse, Subject, Trace, har_of, parse_har

from helpers.conversations import BASE, TOKEN
from helpers.traces import JOB, running

PATH = "/api/v1/data-collection/batches/b1/export"
SUBJECTS = (Subject("batch", "b1"), Subject("collection", "c1", forbidden=True))


def again(trace: Trace) -> Trace:
    """The trace that its own HAR file contains."""
    return parse_har(json.dumps(har_of(trace)), "recording")


def verdict(trace: Trace) -> Verdict:
    return judge(trace, target="x", profile="full")


def entry(
    method: str = "GET",
    path: str = f"{PATH}/{JOB}",
    authorization: str | None = None,
    response: HttpResponse | None = None,
    at: int = 0,
    *,
    base: str = BASE,
    **more: Any,
) -> dict[str, Any]:
    """An entry of another tool's HAR file, ``at`` seconds after its start."""
    response = running() if response is None else response
    headers = [] if authorization is None else [{"name": "authorization", "value": authorization}]
    return {
        "startedDateTime": f"2026-03-20T10:{at // 60:02}:{at % 60:02}.500Z",
        "time": 120.5,
        "request": {"method": method, "url": base + path, "headers": headers},
        "response": {
            "status": response.status,
            "headers": [{"name": name, "value": value} for name, value in response.headers],
            "content": {
                "size": len(response.body),
                "mimeType": "application/json",
                "text": response.body.decode(),
            },
        },
        **more,
    }


def har(*entries: Any, **log: Any) -> str:
    return json.dumps({"log": {"version": "1.2", "entries": list(entries), **log}})


def parse(*entries: Any, **options: Any) -> Trace:
    return parse_har(har(*entries), "x.har", **options)


VALID = f"Token {TOKEN}"
