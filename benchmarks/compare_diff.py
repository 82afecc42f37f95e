"""`prolific-contract diff` beside oasdiff, on pairs of contracts whose verdict is known.

    python benchmarks/compare_diff.py --oasdiff PROGRAM docs/comparison-diff.md   # some minutes
    python benchmarks/compare_diff.py                                             # ours alone

Every pair is the Task Builder's contract of one operation, and the same with one edit. Whether an
edit breaks clients follows from who sends and who receives, not from either tool: `field_edits.py`
and `operation_edits.py` in contract_tests/helpers state it for each kind. The exit code is 1 if
ours is wrong about a pair.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from helpers.edited_contracts import Pair, pairs
from prolific_contract.diff import compare

Answer = Literal["breaks", "does not", "undecided"]
# https://www.oasdiff.com/docs/breaking-changes: a warning is what can't be confirmed.
_ERROR, _WARNING = 3, 2
HEAD = """\
# `prolific-contract diff` beside oasdiff

Written by `make compare-diff`, which is not part of CI. Each of {count} pairs is the contract of
one operation and the same with one edit. Whether the edit breaks clients follows from who sends
and who receives, by [the rules](drift.md#the-rules). `field_edits.py` and `operation_edits.py` in
`contract_tests/helpers` have the edits, each with its reason.

*Breaks* is our verdict *breaking*, and an error of oasdiff {version}. *Undecided* is our
*unknown*, and a change that oasdiff only warns of. Everything else is *does not*. A cell counts
the right answers, the undecided ones and the wrong ones.

oasdiff is made for any API, and for people who review changes. It can't know that this API
serves paths with and without a slash at the end. It warns of fields and parameters that a server
ignores, and reports changed defaults, and successes that come or go, by rules of its own.

"""


@dataclass(frozen=True)
class Compared:
    """A pair, and what both tools say of it."""

    pair: Pair
    ours: Answer
    theirs: Answer | None


def ask_ours(pair: Pair) -> Answer:
    """Whether the new contract breaks clients of the old one, by this project."""
    verdicts = {operation.verdict for operation in compare(pair.old, pair.new)}
    if "breaking" in verdicts:
        return "breaks"
    return "undecided" if "unknown" in verdicts else "does not"


def ask_oasdiff(program: str, pair: Pair) -> Answer:
    """The same by oasdiff."""
    with tempfile.TemporaryDirectory() as folder:
        files = [Path(folder) / name for name in ("old.json", "new.json")]
        for file, document in zip(files, (pair.old, pair.new), strict=True):
            file.write_text(json.dumps(document), encoding="utf-8")
        done = subprocess.run(
            [program, "changelog", *map(str, files), "--format", "json"],
            capture_output=True,
            text=True,
            check=True,
        )
    levels = {change["level"] for change in json.loads(done.stdout or "[]")}
    if _ERROR in levels:
        return "breaks"
    return "undecided" if _WARNING in levels else "does not"


def is_right(answer: Answer | None, pair: Pair) -> bool:
    """Whether an answer is what is known of a pair."""
    return answer == ("breaks" if pair.breaks else "does not")


def cell(compared: Sequence[Compared], answers: Sequence[Answer | None]) -> str:
    """Right, undecided and wrong answers."""
    right = sum(is_right(answer, one.pair) for answer, one in zip(answers, compared, strict=True))
    undecided = answers.count("undecided")
    return f"{right} / {undecided} / {len(answers) - right - undecided}"


def row(title: str, breaks: str, compared: Sequence[Compared]) -> str:
    """A row of the table."""
    ours = cell(compared, [one.ours for one in compared])
    asked = compared[0].theirs is not None
    theirs = cell(compared, [one.theirs for one in compared]) if asked else ""
    return f"| {title} | {breaks} | {len(compared)} | {ours} | {theirs} |"


def table(compared: Sequence[Compared]) -> str:
    """The kinds of edits that a tool is not always right about, all of them, and the others."""
    kinds: dict[tuple[str, bool], list[Compared]] = {}
    for one in compared:
        kinds.setdefault((one.pair.kind, one.pair.breaks), []).append(one)
    lines = ["| edit | breaks | pairs | prolific-contract | oasdiff |", f"|{' --- |' * 5}"]
    others = []
    for (kind, breaks), ones in kinds.items():
        answers = {is_right(a, one.pair) for one in ones for a in (one.ours, one.theirs) if a}
        if answers == {True}:
            others.append(kind)
        else:
            lines.append(row(kind, "yes" if breaks else "no", ones))
    lines.append(row("**all**", "", compared))
    listed = "; ".join(others)
    return "\n".join(
        [*lines, "", f"All answers about the other {len(others)} kinds are right: {listed}.", ""]
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the comparison."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("file", nargs="?", type=Path, help="the document to write")
    parser.add_argument("--oasdiff", metavar="PROGRAM", help="also ask this oasdiff")
    parser.add_argument("--version", default="", help="what to call its version")
    parser.add_argument("--each", type=int, default=3, help="pairs of a kind (default: 3)")
    given = parser.parse_args(arguments)
    compared = []
    for pair in pairs(given.each):
        theirs = ask_oasdiff(given.oasdiff, pair) if given.oasdiff else None
        compared.append(Compared(pair, ask_ours(pair), theirs))
    page = table(compared)
    if given.file:
        head = HEAD.format(count=len(compared), version=given.version)
        given.file.write_text(head + page, encoding="utf-8")
    print(page)
    wrong = [one for one in compared if one.ours != ("breaks" if one.pair.breaks else "does not")]
    for one in wrong:
        print(f"ours is {one.ours}: {one.pair.kind}, {one.pair.place}: {one.pair.why}")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
