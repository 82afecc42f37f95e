"""``make gate``: run the catalogue, write the detection table, fail if a proof is missing.

python -m helpers.gate_proof docs/detection-table.md
"""

import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from prolific_contract._vocabulary import Edition
from prolific_contract.gate.conversation._http_target import LiveTarget
from prolific_contract.gate.conversation._plan import BRISK, ConversationPlan
from prolific_contract.gate.conversation._recorder import record_conversation
from prolific_contract.gate.proof._catalogue import (
    CLEAN,
    LIVE_MUTANTS,
    MutantResult,
    VariantResult,
    every_mutant,
    every_variant,
    false_positives,
    missed,
    proof_failures,
    run_mutant,
    run_mutant_live,
    run_variant,
    run_variant_live,
)
from prolific_contract.gate.proof._detection_table import detection_table, summary
from prolific_contract.gate.trace._exchanges import Subject
from prolific_contract.sandbox.mutants import MUTANTS
from prolific_contract.sandbox.variants import VARIANTS

from helpers.second_server import BATCH, COLLECTION, TOKEN, SecondServer

_CHUNK = 8


def run_second_server(*, envelopes: bool = True) -> VariantResult:
    """Judge the server that shares no code with the sandbox, over a socket."""
    edition: Edition = "2026-03"
    subjects = (Subject("batch", BATCH), Subject("collection", COLLECTION))
    plan = ConversationPlan(subjects, max_wait=60, pace=BRISK)
    with SecondServer(envelopes=envelopes) as server, LiveTarget() as target:
        conversation = record_conversation(target, server.url, TOKEN, plan)
    return VariantResult("second-server", edition, tuple(false_positives(conversation, edition)))


def _run_mutant(task: tuple[str, Edition]) -> MutantResult:
    return run_mutant(MUTANTS[task[0]], task[1])


def _run_mutant_live(name: str) -> MutantResult:
    return run_mutant_live(MUTANTS[name], "2026-03")


def _run_variant(task: tuple[str, Edition]) -> VariantResult:
    name, edition = task
    variant = VARIANTS.get(name, CLEAN)
    result = run_variant(variant, edition)
    if not variant.on_the_wire:
        return result
    live = run_variant_live(variant, edition)
    return VariantResult(name, edition, (*result.false_positives, *live.false_positives))


def main(arguments: Sequence[str] | None = None) -> int:
    """Run everything and write the table.

    Returns:
        0 if every mutant is detected without a false positive; else 1, with one line printed
        for each problem.
    """
    (path,) = map(Path, sys.argv[1:] if arguments is None else arguments)
    began = time.monotonic()
    variant_results, mutant_results, live = _outcomes()
    path.write_text(
        detection_table(mutant_results, variant_results), encoding="utf-8", newline="\n"
    )
    problems = list(proof_failures(mutant_results, variant_results))
    problems += [f"over a socket: {one}" for result in live for one in missed(result)]
    _print_lines(problems)
    _print_lines(line.replace("*", "") for line in summary(mutant_results, variant_results))
    missing = sum(bool(list(missed(result))) for result in live)
    count = f"{len(live) - missing} of {len(live)}"
    _print_lines([f"- {count} mutants detected over a socket", f"{time.monotonic() - began:.0f} s"])
    return 1 if problems else 0


def _outcomes() -> tuple[list[VariantResult], list[MutantResult], list[MutantResult]]:
    with ProcessPoolExecutor() as pool:
        live = pool.map(_run_mutant_live, LIVE_MUTANTS)
        variant_results = pool.map(
            _run_variant, [(one.name, edition) for one, edition in every_variant()]
        )
        mutant_results = pool.map(
            _run_mutant, [(one.name, edition) for one, edition in every_mutant()], chunksize=_CHUNK
        )
        return [*variant_results, run_second_server()], list(mutant_results), list(live)


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)  # noqa: T201 - a command


if __name__ == "__main__":
    sys.exit(main())
