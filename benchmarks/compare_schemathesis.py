"""The gate beside plain schemathesis, over the same broken and the same conforming servers.

    python benchmarks/compare_schemathesis.py docs/comparison.md     # an hour
    python benchmarks/compare_schemathesis.py docs/comparison.md --derived-only

Every fault of the catalogue is served on a socket to each of them, in a batch operation that has
it and the first edition that does. schemathesis gets what a careful user gives it: the contract of
the edition with its links, an id that exists, the token, every phase, every check that the clean
sandbox passes. Then every conforming variant, and a sample of the derived faults of each operator.
"""

import argparse
import json
import platform
import re
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path

from prolific_contract.gate.laws import LAWS
from prolific_contract.sandbox import EDITIONS, Edition, Sandbox, SandboxSettings
from prolific_contract.sandbox.mutants import MUTANTS
from prolific_contract.sandbox.mutants.derived import OPERATORS, DerivedFault, derived_faults
from prolific_contract.sandbox.variants import VARIANTS
from prolific_contract.spec import dump_yaml, load_yaml

SCRIPTS = Path(sysconfig.get_path("scripts"))
GENERATION_SECONDS = 1.0
MAX_WAIT_SECONDS = 6
# Minutes of real time would show nothing that seconds do not, and the other host is not there.
LEFT_OUT = {"slow", "very-slow", "urls-https"}
FINDING = re.compile(r"^- (ST\d+ .+)$", re.MULTILINE)

EXPORT = "/api/v1/data-collection/batches/{batch_id}/export"
# With these an eleventh job and an empty period are refused; no document says with which.
UNPUBLISHED: dict[Edition, tuple[str, ...]] = {"2026-03": (), "2026-11": ("400", "409", "422")}
# A valid request is refused as soon as there are ten jobs.
EXCLUDED: dict[Edition, tuple[str, ...]] = {
    "2026-03": (),
    "2026-11": ("--exclude-checks", "positive_data_acceptance"),
}

CONFIG = """\
[dictionaries.batch]
values = ["{batch}"]
[parameters]
"path.batch_id" = {{ dictionary = "batch", probability = 0.8 }}
"""


@dataclass
class Compared:
    """What both tools complain of in a server; nothing where they do not.

    Attributes:
        name: Of the mutant or variant.
        schemathesis: Its findings.
        gate: The laws that it finds broken.
    """

    name: str
    schemathesis: tuple[str, ...]
    gate: tuple[str, ...]


def ask_schemathesis(sandbox: Sandbox, contract: Path, _: str) -> tuple[str, ...]:
    """Run ``st run`` and read its findings."""
    with tempfile.TemporaryDirectory() as folder:
        config = CONFIG.format(batch=sandbox.batch_id)
        (Path(folder) / "schemathesis.toml").write_text(config, encoding="utf-8")
        done = subprocess.run(
            [
                str(SCRIPTS / "st"),
                "run",
                str(contract),
                *("--url", sandbox.url),
                *("--header", f"Authorization: Token {sandbox.token}"),
                *("--include-path-regex", "/batches/.*/export"),
                *("--checks", "all", *EXCLUDED[sandbox.settings.edition]),
                *("--phases", "examples,coverage,fuzzing,stateful"),
                *("--max-examples", "25", "--seed", "1", "--max-failures", "1"),
                *("--request-timeout", "2", "--generation-database", "none", "--no-color"),
            ],
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
    if done.returncode == 0:
        return ()
    return tuple(sorted(set(FINDING.findall(done.stdout)))) or ("an error, no finding",)


def options_for(name: str) -> list[str]:
    """The options that a fault needs."""
    if "/" in name:
        derived = next(one.derivation for one in derived_faults() if one.name == name)
        strict, full = derived.strict, derived.full
    elif name in MUTANTS:
        fault = MUTANTS[name].fault
        strict = fault.strict
        full = any(law.profile == "full" and fault.name in law.mutants for law in LAWS)
    else:
        return []
    return [*(["--strict"] if strict else []), *(["--profile", "full"] if full else [])]


def ask_gate(sandbox: Sandbox, _: Path, name: str) -> tuple[str, ...]:
    """Run ``prolific-contract check`` and read the laws that are broken."""
    options = options_for(name)
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        done = subprocess.run(
            [
                str(SCRIPTS / "prolific-contract"),
                "check",
                *("--target", sandbox.url, "--token", sandbox.token),
                *("--batch", sandbox.batch_id, "--collection", sandbox.collection_id),
                *("--forbidden-batch", sandbox.forbidden_batch_id),
                *("--edition", sandbox.settings.edition),
                *("--max-wait", str(MAX_WAIT_SECONDS)),
                *("--report", f"json={report}"),
                *options,
            ],
            capture_output=True,
            text=True,
            check=False,
            timeout=1200,
        )
        if done.returncode == 0:
            return ()
        if not report.exists():
            return (done.stderr.strip() or "no report",)
        violations = json.loads(report.read_text(encoding="utf-8"))["violations"]
    laws = {one["fingerprint"].partition(" ")[0] for one in violations}
    return tuple(sorted(laws)) or ("nothing exercised",)


def compare(contracts: dict[Edition, Path], one: tuple[str, Edition]) -> Compared:
    """Give a mutant or variant to both tools."""
    name, edition = one
    said = []
    for tool in (ask_schemathesis, ask_gate):
        settings = SandboxSettings(
            edition=edition, submissions=3, files=1, generation_seconds=GENERATION_SECONDS
        )
        mutant, variant = (name, None) if name in MUTANTS or "/" in name else (None, name)
        # A server of its own for each: what one has exported the other would find.
        with Sandbox(settings, mutant=mutant, variant=variant) as sandbox:
            said.append(tool(sandbox, contracts[edition], name))
    compared = Compared(name, *said)
    print(compared, file=sys.stderr, flush=True)
    return compared


def contracts_in(folder: Path) -> dict[Edition, Path]:
    """The contract of each edition, unpublished refusals added, in a folder."""
    paths: dict[Edition, Path] = {edition: folder / f"{edition}.yaml" for edition in EDITIONS}
    for edition, path in paths.items():
        tool = str(SCRIPTS / "prolific-contract")
        command = [tool, "build", "--edition", edition, "--output", str(path)]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        contract = load_yaml(path.read_text(encoding="utf-8"), source=str(path))
        answers = contract["paths"][EXPORT]["post"]["responses"]
        answers |= dict.fromkeys(UNPUBLISHED[edition], answers["403"])
        path.write_text(dump_yaml(contract), encoding="utf-8")
    return paths


def document(mutants: Sequence[Compared], variants: Sequence[Compared]) -> Iterator[str]:
    """The page."""
    yield from (
        "# The gate beside plain schemathesis",
        "",
        "Written by `make compare`, which is not part of CI. Every fault of the catalogue",
        "(`prolific-contract sandbox --list-mutants`) was served over a socket, in a batch",
        "operation that has it and the first edition that does, to:",
        "",
        f"- **schemathesis {version('schemathesis')}** at its best: the edition's contract with",
        "  its links and, in 2026-11, the refusals that no document has; an id that exists, the",
        "  token, `--checks all` but the one that the limit of ten jobs fails, all phases",
        "  (stateful too), 25 examples, seed 1, up to its first finding. It finds nothing in the",
        "  clean sandbox, so every finding counts.",
        f"- **prolific-contract {version('prolific-exports')}**: `check` with the edition",
        "  enforced, `--strict` for undocumented members, `--profile full` for what is tried by it",
        "  alone: other methods, the limit of ten jobs.",
        "",
        f"Python {platform.python_version()}.",
        "",
        "|  | schemathesis | prolific-contract |",
        "| --- | --- | --- |",
        _counts(f"mutants detected, of {len(mutants)}", mutants),
        _counts(f"false positives on conforming servers, of {len(variants)}", variants),
        "",
        "schemathesis checks how a server handles unexpected requests, one response at",
        "a time and for any API; `--profile full` runs it for that. What it can't know is what an",
        "export is: that jobs keep their ids and states, that a URL serves an archive, whose job",
        "it is.",
        "",
        "## Mutants",
        "",
        "| mutant | what the server does | schemathesis | prolific-contract |",
        "| --- | --- | --- | --- |",
        *(_row(one, MUTANTS[one.name].sentence) for one in mutants),
        "",
        "## Conforming servers",
        "",
        "Without `slow` and `very-slow`, which take minutes, and `urls-https`, whose host is not",
        "there.",
        "",
        "| variant | what it does | schemathesis | prolific-contract |",
        "| --- | --- | --- | --- |",
        *(_row(one, VARIANTS[one.name].sentence) for one in variants),
    )


def derived_sample(each: int) -> list[DerivedFault]:
    """Some derived faults of each operator, in operations of batches, evenly over all of them."""
    chosen: list[DerivedFault] = []
    for operator in OPERATORS:
        own = [
            one
            for one in derived_faults()
            if one.derivation.operator == operator
            and (one.kind, one.first, one.derivation.open_because) == ("batch", 1, "")
        ]
        step = max(1, len(own) // each)
        chosen += own[step // 2 :: step][:each]
    return chosen


TITLE = "## Derived faults, by operator"


def derived_section(sample: Sequence[DerivedFault], compared: Sequence[Compared]) -> Iterator[str]:
    """The section about the derived faults."""
    yield from (
        TITLE,
        "",
        "[Derived faults](gate.md#operators-and-limits) are not written by hand: operators make",
        f"them. Both tools got the same {len(sample)}, chosen evenly from those of each operator",
        "in operations of batches.",
        "",
        "| operator | what the server does | faults | schemathesis | prolific-contract |",
        "| --- | --- | --: | --: | --: |",
    )
    for operator, words in OPERATORS.items():
        own = [
            result
            for fault, result in zip(sample, compared, strict=True)
            if fault.derivation.operator == operator
        ]
        yield _rates(operator, words, own)
    yield _rates("**all**", "", compared)


def _rates(operator: str, words: str, compared: Sequence[Compared]) -> str:
    theirs = sum(bool(one.schemathesis) for one in compared)
    ours = sum(bool(one.gate) for one in compared)
    return f"| {operator} | {words} | {len(compared)} | {theirs} | {ours} |"


def without_section(page: str) -> str:
    """The page without its section about the derived faults, which is the last one."""
    return page.partition(TITLE)[0].rstrip()


def _counts(what: str, compared: Sequence[Compared]) -> str:
    theirs = sum(bool(one.schemathesis) for one in compared)
    ours = sum(bool(one.gate) for one in compared)
    return f"| {what} | {theirs} | {ours} |"


def _row(one: Compared, sentence: str) -> str:
    said = [", ".join(complaints) or "-" for complaints in (one.schemathesis, one.gate)]
    return f"| `{one.name}` | {sentence} | {said[0]} | {said[1]} |"


def main() -> None:
    """Compare and write the page."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("output", type=Path, help="the page to write")
    parser.add_argument("--only", default="", help="a regular expression for names")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--derived", type=int, default=5, help="how many derived faults of each operator"
    )
    parser.add_argument(
        "--derived-only", action="store_true", help="replace the section about derived faults only"
    )
    arguments = parser.parse_args()

    of_fault = {
        one.fault.name: (one.name, one.editions[0])
        for one in reversed([*MUTANTS.values()])
        if one.trigger == "always" and one.operation.kind == "batch"
    }
    mutants = [one for one in reversed([*of_fault.values()]) if re.search(arguments.only, one[0])]
    variants = [
        (one.name, one.editions[0])
        for one in VARIANTS.values()
        if one.name not in LEFT_OUT and re.search(arguments.only, one.name)
    ]
    sample = [
        one for one in derived_sample(arguments.derived) if re.search(arguments.only, one.name)
    ]
    with (
        tempfile.TemporaryDirectory() as folder,
        ThreadPoolExecutor(arguments.workers) as pool,
    ):
        run = partial(compare, contracts_in(Path(folder)))
        if arguments.derived_only:
            page = without_section(arguments.output.read_text(encoding="utf-8"))
        else:
            page = "\n".join(document([*pool.map(run, mutants)], [*pool.map(run, variants)]))
        derived = [*pool.map(run, ((one.name, one.edition) for one in sample))]
    section = "\n".join(derived_section(sample, derived))
    arguments.output.write_text(f"{page}\n\n{section}\n", encoding="utf-8", newline="\n")


if __name__ == "__main__":
    main()
