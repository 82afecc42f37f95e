"""The page's anchors, and links to them."""

from collections.abc import Iterator, Sequence
from typing import Final

from prolific_contract._vocabulary import Operation
from prolific_contract.gate.laws._law import Law, Observation
from prolific_contract.gate.reports import _shown as shown
from prolific_contract.gate.reports._html._markup import Content, element
from prolific_contract.gate.reports._summary import Summary
from prolific_contract.gate.trace._exchanges import Exchange

# So many of the first, of the last and of those that break a law are listed at most.
_LISTED: Final = 200
_LINKS: Final = 12


def law_anchor(law: Law) -> str:
    """Where a law is explained."""
    return f"law-{law.id}"


def place_anchor(law: Law, operation: Operation) -> str:
    """Where a violation is told."""
    return f"broken-{law.id}-{operation.kind}-{operation.action}"


def exchange_anchor(exchange: Exchange) -> str:
    """Where an exchange stands in the list of all."""
    return f"x{shown.number(exchange.index)}"


def listed(summary: Summary) -> list[Exchange]:
    """The exchanges that are listed: those with the API and its archives.

    Of a long conversation its beginning, its end and what breaks a law.
    """
    trace = summary.verdict.trace
    own = [
        exchange
        for exchange in trace.exchanges
        if exchange.address is not None or exchange.url in trace.issued_urls
    ]
    breaking = broken(summary)
    telling = [exchange for exchange in own if exchange.index in breaking]
    chosen = {e.index for e in (*own[:_LISTED], *own[-_LISTED:], *telling[:_LISTED])}
    return [exchange for exchange in own if exchange.index in chosen]


def broken(summary: Summary) -> frozenset[int]:
    """Indexes of the exchanges that show a violation."""
    violations = summary.verdict.violations
    return frozenset(seen.exchanges[-1] for each in violations for seen in each.observations)


def links(observations: Sequence[Observation], summary: Summary) -> Iterator[Content]:
    """The numbers of the exchanges that show something, in parentheses."""
    indexes = sorted({seen.exchanges[-1] for seen in observations})
    present = {exchange.index for exchange in listed(summary)}
    yield "("
    for place, index in enumerate(indexes[:_LINKS]):
        yield ", " if place else None
        number = f"#{shown.number(index)}"
        anchor = exchange_anchor(summary.exchanges[index])
        yield element("a", number, href=f"#{anchor}") if index in present else number
    more = len(indexes) - _LINKS
    yield f" and {more} more)" if more > 0 else ")"
