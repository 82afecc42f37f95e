"""Kill downloads, tables and extractions, and end event loops, at random.

``python -m soak [--minutes N | --rounds N] [--seed N]``
"""

import argparse
import os
import secrets
import sys
from random import Random
from time import monotonic

from prolific_contract.sandbox import Sandbox, SandboxSettings

from soak.event_loops import DOWNLOADS, LoopRound
from soak.rounds import CONNECTIONS, Round, RoundResult
from soak.tables import TableRound, fetch_archive

_RATE = 60_000.0
_SIZE = 90_000
_SETTINGS = SandboxSettings(generation_seconds=0.3, submissions=1000, files=10)
# Rounds between two with many downloads in an event loop, which take longer.
_LOOP_INTERVAL = 5


def main() -> int:
    """Run rounds, and print the seed of a failure."""
    parser = argparse.ArgumentParser(prog="python -m soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5.0)
    parser.add_argument("--rounds", type=int, help="number of rounds")
    parser.add_argument("--seed", type=int, help="seed of the first round (default: random)")
    arguments = parser.parse_args()
    os.environ["NO_PROXY"] = "127.0.0.1"
    first = secrets.randbelow(10**9) if arguments.seed is None else arguments.seed
    deadline = monotonic() + arguments.minutes * 60
    results: list[RoundResult] = []
    seconds = {number: _round(first).measure(number) for number in CONNECTIONS}
    with Sandbox(_SETTINGS) as sandbox:
        archive = fetch_archive(sandbox)
    table_kills = loops = 0
    while monotonic() < deadline and len(results) != arguments.rounds:
        seed = first + len(results)
        try:
            results.append(_round(seed).play(seconds))
            table_kills += TableRound(Random(seed), archive).play().kills
            if seed % _LOOP_INTERVAL == 0 or arguments.rounds == 1:
                loops += 1 + LoopRound(Random(seed), _SETTINGS).play()
        except AssertionError:
            sys.stderr.write(f"Failed with --seed {seed} --rounds 1 (timing varies).\n")
            raise
    kills, resumed, kept, sent, size = (
        sum(getattr(one, name) for one in results)
        for name in ("kills", "resumed", "kept", "sent", "size")
    )
    sys.stdout.write(
        f"No failure with seeds {first} to {first + len(results) - 1}: {kills} downloads and "
        f"{table_kills} tables and extractions were killed, and {loops} event loops ran "
        f"{DOWNLOADS} downloads at once. {resumed} processes resumed a download. For each byte of "
        f"the archives, {kept / size:.2f} bytes were kept and {sent / size:.2f} sent.\n"
    )
    return 0


def _round(seed: int) -> Round:
    return Round(Random(seed), _SETTINGS, _RATE, _SIZE)


if __name__ == "__main__":
    sys.exit(main())
