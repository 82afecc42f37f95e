"""``prolific-contract laws``."""

import argparse
import sys
import textwrap
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from prolific_contract._errors import ContractToolError
from prolific_contract._output import write_document

if TYPE_CHECKING:
    from prolific_contract.gate.laws._law import Law

_WIDTH = 96


def add_parser(subparsers: Any) -> None:
    """Register the subcommand."""
    parser = subparsers.add_parser(
        "laws",
        help="list the laws that `check` applies, or explain one",
        description="List the laws that `prolific-contract check` applies. With an id, explain "
        "one: its statement, its source in the documents, and the faults that it detects. "
        "With --coverage, list what the documents state, with the laws that check it.",
    )
    chosen = parser.add_mutually_exclusive_group()
    chosen.add_argument("id", nargs="?", metavar="ID", help="id of a law, e.g. shape.status")
    chosen.add_argument(
        "--coverage",
        action="store_true",
        help="list the statements of the documents with the laws that check them, or the reason "
        "why none can",
    )
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="print the coverage as one JSON object")
    form.add_argument("--markdown", action="store_true", help="print the coverage as Markdown")
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """List the laws or the statements, or explain one law.

    Raises:
        ContractToolError: A format of the coverage is given without --coverage.
    """
    from prolific_contract.gate.laws import LAWS

    if arguments.coverage:
        return _print_coverage(arguments)
    if arguments.json or arguments.markdown:
        given = "--json" if arguments.json else "--markdown"
        raise ContractToolError(f"{given} is a format of the coverage: add --coverage")
    if arguments.id is None:
        width = max(len(law.id) for law in LAWS)
        for law in LAWS:
            print(wrapped(f"{law.id:<{width}}  ", law.statement))
        return 0
    found = [law for law in LAWS if law.id == arguments.id]
    if not found:
        return _unknown(arguments.id, [law.id for law in LAWS])
    sys.stdout.write(explained(found[0]))
    return 0


def explained(law: "Law") -> str:
    """A law with its statement, source and faults, as text."""
    from prolific_contract.gate.reports._documents import citation, page
    from prolific_contract.gate.statements import checked_by

    facts = [
        ("documents", law.source.says),
        ("source", citation(law.source)),
        ("page", page(law.source).address),
        ("operations", "; ".join(map(str, law.operations))),
        ("needs", law.needs),
        ("editions", ", ".join(law.editions) or "all"),
        ("profile", law.profile),
        ("detects", ", ".join(law.mutants)),
        ("statements", ", ".join(statement.id for statement in checked_by(law.id))),
    ]
    lines = [law.id, wrapped("  ", law.statement), ""]
    lines += [fact(name, value) for name, value in facts]
    return "\n".join(lines) + "\n"


def _print_coverage(arguments: argparse.Namespace) -> int:
    from prolific_contract.gate.reports import _coverage as coverage

    if arguments.json:
        write_document(coverage.render_json())
    elif arguments.markdown:
        write_document(coverage.render_markdown())
    else:
        print("\n".join(_coverage_lines()))
    return 0


def _coverage_lines() -> Iterator[str]:
    from prolific_contract.gate.reports import _coverage as coverage
    from prolific_contract.gate.statements import STATEMENTS

    yield wrapped("", coverage.headline())
    for statement in STATEMENTS:
        yield from ("", statement.id, wrapped("  ", statement.says))
        yield fact("operations", coverage.scope(statement))
        yield fact("source", coverage.origin(statement))
        if statement.laws:
            yield fact("laws", ", ".join(statement.laws))
        else:
            yield fact("no law", statement.unchecked)


def fact(name: str, value: str) -> str:
    """A wrapped text with a label."""
    return wrapped(f"  {name:<11}", value)


def wrapped(label: str, text: str) -> str:
    """A wrapped text, with a label before the first line and the others indented."""
    return textwrap.fill(
        text,
        _WIDTH,
        initial_indent=label,
        subsequent_indent=" " * len(label),
        break_on_hyphens=False,
        break_long_words=False,
    )


def _unknown(law_id: str, known: list[str]) -> int:
    from difflib import get_close_matches

    close = get_close_matches(law_id, known, 3, 0.4)
    hint = f"did you mean {' or '.join(close)}?" if close else "`prolific-contract laws` lists them"
    print(f"prolific-contract: error: unknown law {law_id!r}; {hint}", file=sys.stderr)
    return 2
