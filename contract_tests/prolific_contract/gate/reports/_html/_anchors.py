"""Anchors of the page, and links to them."""

from collections.abc import Iterator, Sequence
from typing import Final

from prolific_exports._html._markup import Content, element

from prolific_contract._vocabulary import Operation
from prolific_contract.gate.laws._law import Law, Observation
from prolific_contract.gate.reports import _display as display
from prolific_contract.gate.reports._summary import Summary
from prolific_contract.gate.trace._exchanges import Exchange

# The most exchanges listed from the start, from the end, and among those with violations.
_LISTED: Final = 200
_LINKS: Final = 12


def law_anchor(law: Law) -> str:
    """Anchor of a law's explanation."""
    return f"law-{law.id}"


def violation_anchor(law: Law, operation: Operation) -> str:
    """Anchor of a violation."""
    return f"broken-{law.id}-{operation.kind}-{operation.action}"


def exchange_anchor(exchange: Exchange) -> str:
    """Anchor of an exchange in the conversation."""
    return f"x{display.number(exchange.index)}"


def listed(summary: Summary) -> list[Exchange]:
    """The exchanges that the page lists: those with the API and with its store.

    Of a long conversation: its start, its end, and the exchanges that violate laws.
    """
    trace = summary.verdict.trace
    own = [
        exchange
        for exchange in trace.exchanges
        if exchange.address is not None or exchange.url in trace.issued_urls
    ]
    violating = violating_exchanges(summary)
    evidence = [exchange for exchange in own if exchange.index in violating]
    chosen = {e.index for e in (*own[:_LISTED], *own[-_LISTED:], *evidence[:_LISTED])}
    return [exchange for exchange in own if exchange.index in chosen]


def violating_exchanges(summary: Summary) -> frozenset[int]:
    """Indexes of the exchanges that show violations."""
    violations = summary.verdict.violations
    return frozenset(seen.exchanges[-1] for each in violations for seen in each.observations)


def links(observations: Sequence[Observation], summary: Summary) -> Iterator[Content]:
    """The numbers of the exchanges that show an observation, linked, in parentheses."""
    indexes = sorted({seen.exchanges[-1] for seen in observations})
    present = {exchange.index for exchange in listed(summary)}
    yield "("
    for place, index in enumerate(indexes[:_LINKS]):
        yield ", " if place else None
        number = f"#{display.number(index)}"
        anchor = exchange_anchor(summary.exchanges[index])
        yield element("a", number, href=f"#{anchor}") if index in present else number
    more = len(indexes) - _LINKS
    yield f" and {more} more)" if more > 0 else ")"
