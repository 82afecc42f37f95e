"""The results of the derived faults as a document: the detection rate of each operator."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from prolific_contract.gate.proof._derived import DerivedOutcome, DerivedResult, survivors
from prolific_contract.sandbox.mutants.derived import OPERATORS

_INTRODUCTION: Final = """\
# Derived faults

How many derived faults `prolific-contract check` detects. `make gate DERIVED=all` writes this page.
Plain `make gate` judges a sample of these faults, and fails if one survives.

Each of a few operators is applied to every part of every operation: to each member, status and
header that the contract documents, to each valid request, to each way to get access, and to the
history of jobs. The result is the sandbox with exactly one fault, at one operation of one kind, in
one edition. A fault counts as detected if any law is violated when its edition is enforced. Its
name works as `prolific-contract sandbox --mutant NAME`.

A fault that can occur more than once has a second form: it begins with the second time for batches,
and with the third for collections.

Two rules exclude a fault from the rate:

- **Left open**: the documents leave the behaviour open, or no client can tell it from a conforming
  server. Each reason is [below](#left-open). `make gate` fails if such a fault is detected: then
  the reason is wrong, or a law rejects a conforming server.
- **Too rare**: it begins with the second or third time, and no response of the conversation
  differs, because a polite conversation has fewer such requests. The same fault from the first
  time on is judged.

A fault that changes no response of any conversation is not excluded: it is a question that the
check does not ask, so it survives.
"""


def derived_page(results: Sequence[DerivedResult]) -> str:
    """The document, as Markdown."""
    return "\n".join(
        [
            _INTRODUCTION,
            "## Result",
            "",
            *_rates(results),
            "",
            "## Survivors",
            "",
            *_survivors(results),
            "",
            "## Left open",
            "",
            *_open(results),
            "",
        ]
    )


def derived_summary(results: Sequence[DerivedResult]) -> str:
    """The total, as a line of a Markdown list."""
    count = Counter(result.outcome for result in results)
    judged = count[DerivedOutcome.DETECTED] + count[DerivedOutcome.SURVIVED]
    return (
        f"- **{count[DerivedOutcome.DETECTED]} of {judged} derived faults detected** "
        f"({count[DerivedOutcome.OPEN]} left open, {count[DerivedOutcome.RARE]} too rare)"
    )


def _rates(results: Sequence[DerivedResult]) -> Iterator[str]:
    yield _row(["operator", "what the server does", *DerivedOutcome, "rate"])
    yield _row(["---", "---", *["--:"] * (len(DerivedOutcome) + 1)])
    for operator, words in OPERATORS.items():
        own = [one for one in results if one.fault.derivation.operator == operator]
        yield _row([operator, words, *_counts(own)])
    yield _row(["**all**", "", *_counts(results)])


def _counts(results: Sequence[DerivedResult]) -> list[str]:
    count = Counter(result.outcome for result in results)
    judged = count[DerivedOutcome.DETECTED] + count[DerivedOutcome.SURVIVED]
    # Rounded down, so that only a rate without survivors is 100.0 %.
    rate = f"{1000 * count[DerivedOutcome.DETECTED] // judged / 10} %" if judged else "-"
    return [*(str(count[outcome]) for outcome in DerivedOutcome), rate]


def _survivors(results: Sequence[DerivedResult]) -> Iterator[str]:
    lines = [f"- `{one.fault.name}` ({one.fault.edition})" for one in survivors(results)]
    yield from lines or ["None."]


def _open(results: Iterable[DerivedResult]) -> Iterator[str]:
    by_reason: dict[str, Counter[str]] = {}
    for result in results:
        derivation = result.fault.derivation
        if result.outcome is DerivedOutcome.OPEN:
            names = by_reason.setdefault(derivation.open_because, Counter())
            names[f"{derivation.operator}/{derivation.target}"] += 1
    yield _row(["reason", "faults", "count"])
    yield _row(["---", "---", "--:"])
    for reason, names in by_reason.items():
        yield _row([reason, ", ".join(f"`{name}`" for name in names), str(names.total())])


def _row(cells: Iterable[str]) -> str:
    return f"| {' | '.join(cells)} |"
