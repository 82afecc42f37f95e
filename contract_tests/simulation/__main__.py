"""Simulate random fault schedules: ``python -m simulation [--schedules N] [--seed N]``."""

import argparse
import gc
import os
import secrets
import sys
import traceback
from concurrent.futures import ProcessPoolExecutor
from time import perf_counter

from simulation.download_simulation import play
from simulation.responses import play_responses

_BATCH = 500
# Downloads of the responses read real archives, so a schedule takes thirty times as long.
_RESPONSES_EVERY = 50


def play_batch(first: int) -> tuple[int, str] | None:
    """The first failure in a batch of seeds, with its traceback; None without one."""
    # Schedules are short, so frequent garbage collection only costs time.
    gc.set_threshold(100_000)
    for seed in range(first, first + _BATCH):
        try:
            play(seed)
            if seed % _RESPONSES_EVERY == 0:
                play_responses(seed)
        except Exception:  # noqa: BLE001 - any exception is a failure
            return seed, traceback.format_exc()
    return None


def main() -> int:
    """Run the simulation, and print the seed of a failure."""
    parser = argparse.ArgumentParser(prog="python -m simulation", description=__doc__)
    parser.add_argument("--seed", type=int, help="run one fault schedule and show its events")
    parser.add_argument(
        "--responses", action="store_true", help="with --seed: of a download of the responses only"
    )
    parser.add_argument("--first", type=int, help="the first seed (default: random)")
    parser.add_argument("--schedules", type=int, default=100_000)
    arguments = parser.parse_args()
    if arguments.seed is not None:
        world = (play_responses if arguments.responses else play)(arguments.seed)
        for event in world.events:
            sys.stdout.write(f"{event}\n")
        return 0
    first = secrets.randbelow(10**12) if arguments.first is None else arguments.first
    last = first + arguments.schedules
    sys.stdout.write(f"seeds {first} to {last - 1}\n")
    began = perf_counter()
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for failure in pool.map(play_batch, range(first, last, _BATCH)):
            if failure is not None:
                seed, report = failure
                option = " --responses" if "play_responses" in report else ""
                sys.stdout.write(f"{report}\nReplay it with --seed {seed}{option}\n")
                pool.shutdown(cancel_futures=True)
                return 1
    sys.stdout.write(f"no failure in {perf_counter() - began:.0f} s\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
