"""The catalogue's outcome as a document: which law kills which fault, where."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from prolific_contract._vocabulary import OPERATIONS, Operation
from prolific_contract.gate.laws import LAWS
from prolific_contract.gate.laws._law import Law
from prolific_contract.gate.proof._catalogue import Hearing, Trial, laws_naming
from prolific_contract.sandbox.mutants import FAULTS, Fault
from prolific_contract.sandbox.variants import VARIANTS

_NOWHERE: Final = "-"

_INTRODUCTION: Final = """\
# The kill table

Whether `prolific-contract check` notices what it says it notices. `make gate` writes this page
and fails when a mutant survives or a conforming server is accused.

A **mutant** is the sandbox with a single fault at one operation (`prolific-contract sandbox
--mutant NAME`). Some faults also come in rarer forms: only from a job's third status request on,
only for a resource's second export, or by a seeded chance. Each is tried in every edition that
can have it. A **variant** is a server that looks different and keeps the contract
(`--variant NAME`); it is judged with `--edition auto`, with its edition enforced, and each of
these again under `--strict`.
"""


def kill_table(trials: Sequence[Trial], hearings: Sequence[Hearing]) -> str:
    """The whole document.

    Args:
        trials: Of every mutant, in each of its editions.
        hearings: Of every conforming server, in each of its editions.
    """
    by_fault: dict[str, list[Trial]] = {fault.name: [] for fault in FAULTS}
    for trial in trials:
        by_fault[trial.mutant.fault.name].append(trial)
    return "\n".join(
        [
            _INTRODUCTION,
            *summary(trials, hearings),
            "",
            "## What each law kills",
            "",
            "A cell says how many mutants of a fault the law killed at an operation, counting",
            "rarer forms and editions, of how many there are.",
            *(line for law in LAWS for line in _section(law, by_fault)),
            "",
            "## Conforming servers",
            "",
            *_variants(hearings),
            "",
        ]
    )


def summary(trials: Sequence[Trial], hearings: Sequence[Hearing]) -> list[str]:
    """The numbers, a list."""
    killed = sum(is_killed(trial) for trial in trials)
    accused = sum(bool(hearing.accusations) for hearing in hearings)
    faults = len({trial.mutant.fault.name for trial in trials})
    mutants = len({trial.name for trial in trials})
    servers = len({hearing.server for hearing in hearings})
    return [
        f"- {len(LAWS)} laws, {faults} faults, {mutants} mutants",
        f"- **killed {killed} of {len(trials)}** (each mutant in each of its editions)",
        f"- **accused {accused} of {len(hearings)}** ({servers} conforming servers, likewise)",
    ]


def is_killed(trial: Trial) -> bool:
    """Whether a law that names the fault noticed it."""
    naming = laws_naming(trial.mutant.fault, trial.mutant.operation, trial.edition)
    return any(trial.killed_by(law) for law in naming)


def _section(law: Law, by_fault: dict[str, list[Trial]]) -> Iterator[str]:
    yield from ("", f"### `{law.id}`", "", law.statement, "")
    notes = [f"edition {' or '.join(law.editions)} enforced"] if law.editions else []
    notes += ["`--profile full`"] if law.profile == "full" else []
    if notes:
        yield from (f"Needs {' and '.join(notes)}.", "")
    columns = [operation for operation in OPERATIONS if operation in law.operations]
    titles = ["fault", "what the server does"]
    titles += [f"{operation.kind} {operation.action}" for operation in columns]
    yield _row([*titles, "also noticed by"])
    yield _row(["---"] * 2 + [":-:"] * len(columns) + ["---"])
    for fault in FAULTS:
        if fault.name in law.mutants:
            yield row(law, fault, by_fault[fault.name])


def row(law: Law, fault: Fault, trials: Iterable[Trial]) -> str:
    """What a law made of a fault it names, as a line of its table."""
    trials = list(trials)
    columns = [operation for operation in OPERATIONS if operation in law.operations]
    others = sorted(
        {hit.law for trial in trials for hit in trial.enforced | trial.shared} - {law.id}
    )
    return _row(
        [
            f"`{fault.name}`",
            fault.sentence + (" (`--strict`)" if fault.strict else ""),
            *(_cell(law, operation, trials) for operation in columns),
            ", ".join(f"`{other}`" for other in others),
        ]
    )


def _cell(law: Law, operation: Operation, trials: Iterable[Trial]) -> str:
    own = [trial for trial in trials if trial.mutant.operation == operation]
    return f"{sum(trial.killed_by(law) for trial in own)}/{len(own)}" if own else _NOWHERE


def _variants(hearings: Iterable[Hearing]) -> Iterator[str]:
    yield _row(["server", "what it does", "editions", "accused"])
    yield _row(["---"] * 4)
    of: dict[str, list[Hearing]] = {}
    for hearing in hearings:
        of.setdefault(hearing.server, []).append(hearing)
    for server, heard in of.items():
        sentence = VARIANTS[server].sentence if server in VARIANTS else _OTHERS[server]
        editions = ", ".join(hearing.edition for hearing in heard)
        accused = any(hearing.accusations for hearing in heard)
        yield _row([f"`{server}`", sentence, editions, "**yes**" if accused else "no"])


_OTHERS: Final = {
    "clean": "It is the sandbox as it is",
    "second-server": "It is written from the documents alone and shares no code with the sandbox",
}


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
