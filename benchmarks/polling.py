"""Waiting for exports as this project does, beside polling every 3 seconds: simulated.

    python benchmarks/polling.py                   # 500 exports of each fleet, half a minute
    python benchmarks/polling.py --exports 2000

Prints a Markdown table: requests an export, and seconds from ready to noticed. No source publishes
how long exports take, so there are several fleets, whose lengths are log-normal. The client is the
real one, on a clock that jumps. docs/benchmarks.md says what was found.
"""

import argparse
import math
import random
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass

EVERY = 3.0
LONGEST = 1800.0
# Seconds in which half of the exports are ready, and the spread of the logarithm: with 1, two
# thirds are within a factor of 2.7 of the middle; with 2, of 7.4.
FLEETS = {
    "5 s, alike": (5.0, 1.0),
    "20 s, alike": (20.0, 1.0),
    "5 s, of all sizes": (5.0, 2.0),
    "10 s, of all sizes": (10.0, 2.0),
    "20 s, of all sizes": (20.0, 2.0),
    "60 s, of all sizes": (60.0, 2.0),
}


@dataclass
class Waited:
    """How an export was waited for: the requests, and the seconds from ready to noticed."""

    requests: int
    delay: float


def lengths(exports: int, middle: float, spread: float, seed: int) -> list[float]:
    """Seconds in which the exports of a fleet are ready, shortest first."""
    source = random.Random(seed)
    drawn = (source.lognormvariate(math.log(middle), spread) for _ in range(exports))
    return sorted(min(ready, LONGEST) for ready in drawn)


def fixed(ready: float) -> Waited:
    """A poll every 3 s, the first one after 3 s."""
    requests = max(1, math.ceil(ready / EVERY))
    return Waited(requests, requests * EVERY - ready)


def ours(ready: float, seed: int) -> Waited:
    """This project's client, with a clock that records how long it sleeps."""
    import httpx
    from prolific_exports import Exports
    from prolific_exports.testing import FakeClock

    clock, requests = FakeClock(), 0

    def answer(request: httpx.Request) -> httpx.Response:
        nonlocal requests
        requests += request.method == "GET"
        if request.method == "GET" and clock.monotonic() >= ready:
            done = {"status": "complete", "url": "https://store.example/x"}
            return httpx.Response(200, json=done | {"expires_at": "2099-01-01T00:00:00Z"})
        body = {"status": "generating", "export_id": "a1b2c3d4-e5f6-4890-abcd-ef1234567890"}
        return httpx.Response(202 if request.method == "POST" else 200, json=body)

    with (
        httpx.Client(transport=httpx.MockTransport(answer)) as client,
        Exports(
            "a-token",
            base_url="https://api.example",
            http_client=client,
            clock=clock,
            random=random.Random(seed),
            timeout=2 * LONGEST,
        ) as exports,
    ):
        exports.collections.export("65f0c1d2e3a4b5c6d7e8f901").wait()
    return Waited(requests, clock.monotonic() - ready)


def row(name: str, theirs: Sequence[Waited], mine: Sequence[Waited]) -> str:
    """A line of the table."""
    figures = (
        f"{statistics.mean(one.requests for one in waited):.1f} | "
        f"{statistics.mean(one.delay for one in waited):.2f} s"
        for waited in (theirs, mine)
    )
    return f"| {name} | {' | '.join(figures)} |"


def main() -> int:
    """Simulate every fleet and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--exports", type=int, default=500, help="of each fleet, 4 at least (%(default)s)")
    add("--seed", type=int, default=1, help="of their lengths (%(default)s)")
    options = parser.parse_args()
    if options.exports < len(QUARTERS):
        parser.error(f"--exports is {options.exports}: give {len(QUARTERS)} at least")
    print(
        f"| {options.exports} simulated exports | every 3 s: requests | noticed after "
        "| prolific-exports: requests | noticed after |\n| --- | --- | --- | --- | --- |"
    )
    for name, (middle, spread) in FLEETS.items():
        fleet = lengths(options.exports, middle, spread, options.seed)
        theirs = [fixed(ready) for ready in fleet]
        mine = [ours(ready, number) for number, ready in enumerate(fleet)]
        print(row(name, theirs, mine), flush=True)
        if name == QUARTERED:
            size = len(fleet) // len(QUARTERS)
            for number, quarter in enumerate(QUARTERS):
                part = slice(number * size, (number + 1) * size)
                print(row(quarter, theirs[part], mine[part]))
    return 0


QUARTERED = "20 s, of all sizes"
QUARTERS = ("of these: first quarter", "second", "third", "last")


if __name__ == "__main__":
    sys.exit(main())
