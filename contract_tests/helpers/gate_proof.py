"""``make gate``: run the catalogue, write the detection table, fail if a proof is missing.

python -m helpers.gate_proof docs/detection-table.md docs/derived-faults.md --derived 400
"""

import argparse
import gc
import os
import sys
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from prolific_contract import Edition
from prolific_contract.gate.conversation import (
    BRISK,
    ConversationPlan,
    LiveTarget,
    record_conversation,
)
from prolific_contract.gate.proof import (
    CLEAN,
    LIVE_MUTANTS,
    DerivedResult,
    MutantResult,
    VariantResult,
    derived_failures,
    derived_page,
    derived_summary,
    detection_table,
    every_mutant,
    every_variant,
    false_positives,
    missed,
    proof_failures,
    run_derived,
    run_mutant,
    run_mutant_live,
    run_variant,
    run_variant_live,
    sample,
    summary,
)
from prolific_contract.gate.trace import Subject
from prolific_contract.sandbox.mutants import MUTANTS
from prolific_contract.sandbox.mutants.derived import derived_faults
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


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="helpers.gate_proof", description=__doc__)
    parser.add_argument("table", type=Path, help="the page of the hand-written catalogue")
    parser.add_argument("page", type=Path, help="the page of the derived faults")
    parser.add_argument(
        "--derived",
        metavar="N",
        default="all",
        help="how many derived faults to judge: a number, or all, which writes the page",
    )
    parser.add_argument("--seed", type=int, default=1, help="determines the sample")
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run everything and write the pages.

    Returns:
        0 if every mutant is detected without a false positive, and no derived fault survives;
        else 1, with one line printed for each problem.
    """
    options = _parser().parse_args(arguments)
    size = None if options.derived == "all" else int(options.derived)
    began = time.monotonic()
    variant_results, mutant_results, live = _outcomes()
    derived = _derived_outcomes(size, options.seed)
    _write(options.table, detection_table(mutant_results, variant_results))
    if size is None:
        _write(options.page, derived_page(derived))
    problems = list(proof_failures(mutant_results, variant_results))
    problems += [f"over a socket: {one}" for result in live for one in missed(result)]
    problems += derived_failures(derived)
    _print_lines(problems)
    _print_lines(line.replace("*", "") for line in summary(mutant_results, variant_results))
    missing = sum(bool(list(missed(result))) for result in live)
    count = f"{len(live) - missing} of {len(live)}"
    _print_lines(
        [
            f"- {count} mutants detected over a socket",
            derived_summary(derived).replace("*", ""),
            f"{time.monotonic() - began:.0f} s",
        ]
    )
    return 1 if problems else 0


def _write(path: Path, text: str) -> None:
    path.write_text(text, encoding="utf-8", newline="\n")


def _outcomes() -> tuple[list[VariantResult], list[MutantResult], list[MutantResult]]:
    with _pool() as pool:
        live = pool.map(_run_mutant_live, LIVE_MUTANTS)
        variant_results = pool.map(
            _run_variant, [(one.name, edition) for one, edition in every_variant()]
        )
        mutant_results = pool.map(
            _run_mutant, [(one.name, edition) for one, edition in every_mutant()], chunksize=_CHUNK
        )
        return [*variant_results, run_second_server()], list(mutant_results), list(live)


def _derived_outcomes(size: int | None, seed: int) -> list[DerivedResult]:
    chosen = sample(range(len(derived_faults())), size, seed)
    with _pool() as pool:
        return list(pool.map(run_derived, chosen, chunksize=_CHUNK))


def _pool() -> ProcessPoolExecutor:
    # More workers than cores: a judgement over a socket waits most of the time.
    return ProcessPoolExecutor((os.cpu_count() or 1) + 2, initializer=_collect_rarely)


def _collect_rarely() -> None:
    # Most of what a worker has is needed to its end, so looking for garbage only costs time.
    gc.freeze()
    gc.set_threshold(100_000)


def _print_lines(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)  # noqa: T201 - a command


if __name__ == "__main__":
    sys.exit(main())
