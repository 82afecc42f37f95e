"""The results of the catalogue as a document: which law detects which fault at which operation."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from prolific_contract._vocabulary import OPERATIONS, Operation
from prolific_contract.gate.laws import LAWS
from prolific_contract.gate.laws._law import Law
from prolific_contract.gate.proof._catalogue import MutantResult, VariantResult, laws_for
from prolific_contract.sandbox.mutants import FAULTS, Fault
from prolific_contract.sandbox.variants import VARIANTS

_NOWHERE: Final = "-"

_INTRODUCTION: Final = """\
# The detection table

Which faults `prolific-contract check` detects, and which law detects them. `make gate` writes this
page. It fails if the gate misses a mutant or reports a false positive.

A **mutant** is the sandbox with exactly one fault at one operation (`prolific-contract sandbox
--mutant NAME`). Some faults also have intermittent forms: from the third status request of a job
on, at the second export of a resource only, or at random with a fixed seed. Each mutant runs in
every edition to which its fault applies.

A **variant** is a conforming server that looks different from the sandbox (`--variant NAME`). The
gate judges it with `--edition auto` and with its edition enforced, each with and without
`--strict`. A finding about a variant is a **false positive**.
"""


def detection_table(
    mutant_results: Sequence[MutantResult], variant_results: Sequence[VariantResult]
) -> str:
    """The whole document.

    Args:
        mutant_results: One for every mutant in each of its editions.
        variant_results: One for every conforming server in each of its editions.
    """
    by_fault: dict[str, list[MutantResult]] = {fault.name: [] for fault in FAULTS}
    for result in mutant_results:
        by_fault[result.mutant.fault.name].append(result)
    return "\n".join(
        [
            _INTRODUCTION,
            *summary(mutant_results, variant_results),
            "",
            "## Detections by law",
            "",
            "A cell such as `3/3` counts the mutants of a fault at an operation: detected by the",
            "law / all. Intermittent forms and editions count separately.",
            *(line for law in LAWS for line in _section(law, by_fault)),
            "",
            "## Conforming servers",
            "",
            *_variants(variant_results),
            "",
        ]
    )


def summary(
    mutant_results: Sequence[MutantResult], variant_results: Sequence[VariantResult]
) -> list[str]:
    """The totals, as lines of a Markdown list."""
    detected = sum(is_detected(result) for result in mutant_results)
    failed = sum(bool(result.false_positives) for result in variant_results)
    faults = len({result.mutant.fault.name for result in mutant_results})
    mutants = len({result.name for result in mutant_results})
    servers = len({result.server for result in variant_results})
    variants = f"{servers} conforming servers, each in each of its editions"
    return [
        f"- {len(LAWS)} laws, {faults} faults, {mutants} mutants",
        f"- **{detected} of {len(mutant_results)} detected** (each mutant in each of its editions)",
        f"- **{failed} of {len(variant_results)} with false positives** ({variants})",
    ]


def is_detected(result: MutantResult) -> bool:
    """Whether a law detected the fault that claims to."""
    laws = laws_for(result.mutant.fault, result.mutant.operation, result.edition)
    return any(result.detected_by(law) for law in laws)


def _section(law: Law, by_fault: dict[str, list[MutantResult]]) -> Iterator[str]:
    yield from ("", f"### `{law.id}`", "", law.statement, "")
    notes = [f"`--edition {' or '.join(law.editions)}`"] if law.editions else []
    notes += ["`--profile full`"] if law.profile == "full" else []
    if notes:
        yield from (f"Needs {' and '.join(notes)}.", "")
    columns = [operation for operation in OPERATIONS if operation in law.operations]
    titles = ["fault", "what the server does"]
    titles += [f"{operation.kind} {operation.action}" for operation in columns]
    yield _row([*titles, "also detected by"])
    yield _row(["---"] * 2 + [":-:"] * len(columns) + ["---"])
    for fault in FAULTS:
        if fault.name in law.mutants:
            yield row(law, fault, by_fault[fault.name])


def row(law: Law, fault: Fault, mutant_results: Iterable[MutantResult]) -> str:
    """A line of a law's table: how many mutants of one fault the law detected."""
    mutant_results = list(mutant_results)
    columns = [operation for operation in OPERATIONS if operation in law.operations]
    others = sorted(
        {one.law for result in mutant_results for one in result.enforced | result.shared} - {law.id}
    )
    return _row(
        [
            f"`{fault.name}`",
            fault.sentence + (" (`--strict`)" if fault.strict else ""),
            *(_cell(law, operation, mutant_results) for operation in columns),
            ", ".join(f"`{other}`" for other in others),
        ]
    )


def _cell(law: Law, operation: Operation, mutant_results: Iterable[MutantResult]) -> str:
    own = [result for result in mutant_results if result.mutant.operation == operation]
    return f"{sum(result.detected_by(law) for result in own)}/{len(own)}" if own else _NOWHERE


def _variants(variant_results: Iterable[VariantResult]) -> Iterator[str]:
    yield _row(["server", "how it differs", "editions", "false positives"])
    yield _row(["---"] * 4)
    by_server: dict[str, list[VariantResult]] = {}
    for result in variant_results:
        by_server.setdefault(result.server, []).append(result)
    for server, results in by_server.items():
        sentence = VARIANTS[server].sentence if server in VARIANTS else _OTHERS[server]
        editions = ", ".join(result.edition for result in results)
        count = sum(len(result.false_positives) for result in results)
        yield _row([f"`{server}`", sentence, editions, f"**{count}**" if count else "none"])


_OTHERS: Final = {
    "clean": "The unchanged sandbox",
    "second-server": "A server written from the documents alone, without the sandbox's code",
}


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
