"""``make gate``: run the catalogue, write the kill table, fail if it is no proof.

python -m helpers.gate_proof docs/kill-table.md
"""

import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from prolific_contract.gate.conversation._http_target import LiveTarget
from prolific_contract.gate.conversation._plan import BRISK, Plan
from prolific_contract.gate.conversation._recorder import converse
from prolific_contract.gate.laws._law import Edition
from prolific_contract.gate.proof._catalogue import (
    CLEAN,
    LIVE_MUTANTS,
    Hearing,
    Trial,
    accusations,
    every_hearing,
    every_trial,
    hear_variant,
    hear_variant_live,
    shortcomings,
    survivals,
    try_mutant,
    try_mutant_live,
)
from prolific_contract.gate.proof._detection_table import kill_table, summary
from prolific_contract.gate.trace._exchanges import Subject
from prolific_contract.sandbox.mutants import MUTANTS
from prolific_contract.sandbox.variants import VARIANTS

from helpers.second_server import BATCH, COLLECTION, TOKEN, SecondServer

_CHUNK = 8


def hear_second_server(*, envelopes: bool = True) -> Hearing:
    """Judge the server that shares no code with the sandbox, over a socket."""
    edition: Edition = "2026-03"
    subjects = (Subject("batch", BATCH), Subject("collection", COLLECTION))
    plan = Plan(subjects, max_wait=60, pace=BRISK)
    with SecondServer(envelopes=envelopes) as server, LiveTarget() as target:
        conversation = converse(target, server.url, TOKEN, plan)
    return Hearing("second-server", edition, tuple(accusations(conversation, edition)))


def _try(task: tuple[str, Edition]) -> Trial:
    return try_mutant(MUTANTS[task[0]], task[1])


def _try_live(name: str) -> Trial:
    return try_mutant_live(MUTANTS[name], "2026-03")


def _hear(task: tuple[str, Edition]) -> Hearing:
    name, edition = task
    variant = VARIANTS.get(name, CLEAN)
    hearing = hear_variant(variant, edition)
    if not variant.on_the_wire:
        return hearing
    live = hear_variant_live(variant, edition)
    return Hearing(name, edition, (*hearing.accusations, *live.accusations))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run everything and write the table.

    Returns:
        0 if every mutant is killed and nobody is accused wrongly; 1 otherwise, with a
        sentence for each shortcoming.
    """
    (path,) = map(Path, sys.argv[1:] if arguments is None else arguments)
    began = time.monotonic()
    hearings, trials, live = _outcomes()
    path.write_text(kill_table(trials, hearings), encoding="utf-8", newline="\n")
    problems = list(shortcomings(trials, hearings))
    problems += [f"over a socket: {one}" for trial in live for one in survivals(trial)]
    _say(problems)
    _say(line.replace("*", "") for line in summary(trials, hearings))
    _say([f"{len(live)} mutants were killed over a socket, too; {time.monotonic() - began:.0f} s"])
    return 1 if problems else 0


def _outcomes() -> tuple[list[Hearing], list[Trial], list[Trial]]:
    with ProcessPoolExecutor() as pool:
        live = pool.map(_try_live, LIVE_MUTANTS)
        hearings = pool.map(_hear, [(one.name, edition) for one, edition in every_hearing()])
        trials = pool.map(
            _try, [(one.name, edition) for one, edition in every_trial()], chunksize=_CHUNK
        )
        return [*hearings, hear_second_server()], list(trials), list(live)


def _say(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)  # noqa: T201 - a command


if __name__ == "__main__":
    sys.exit(main())
