"""The timeline of the HTML page: a lane for each job, a mark for each response."""

from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree as ET

from attrs import evolve
from prolific_exports._html._markup import element

from prolific_contract._vocabulary import STATES
from prolific_contract.gate.reports import _display as display
from prolific_contract.gate.reports._html._anchors import (
    exchange_anchor,
    listed,
    violating_exchanges,
)
from prolific_contract.gate.reports._html._lanes import JobResponse, Lane, lanes
from prolific_contract.gate.reports._summary import Summary
from prolific_contract.gate.trace._exchanges import Exchange

_NARROWEST: Final = 26
_WIDEST: Final = 60
_WIDTH: Final = 1040
_MARGIN: Final = 16
_HEIGHT: Final = 34
_MIDDLE: Final = _HEIGHT // 2
# Wide enough that the labels of two times do not overlap.
_TICK: Final = 70


def drawn(summary: Summary) -> ET.Element | None:
    """The lanes of all jobs over one axis; None if there is no job.

    Exchanges are evenly spaced instead of drawn to scale: polls come in bursts, and only their
    order matters.
    """
    found = lanes(evolve(summary.verdict.trace, exchanges=tuple(listed(summary))))
    if not found:
        return None
    exchanges = {
        response.exchange.index: response.exchange for lane in found for response in lane.responses
    }
    columns = {index: column for column, index in enumerate(sorted(exchanges))}
    scale = _Scale(columns, violating_exchanges(summary))
    return element(
        "div",
        *(scale.lane(lane) for lane in found),
        scale.axis(exchanges),
        # It scrolls, so it must be reachable by keyboard.
        class_="card scroll timeline",
        tabindex="0",
        role="group",
        aria_label="Timeline of the export jobs",
    )


class _Scale:
    """Horizontal positions of the exchanges."""

    def __init__(self, columns: dict[int, int], violating: frozenset[int]) -> None:
        self._columns = columns
        self._step = max(_NARROWEST, min(_WIDEST, _WIDTH // len(columns)))
        self._width = 2 * _MARGIN + self._step * (len(columns) - 1) + _MARGIN
        self._violating = violating

    def lane(self, lane: Lane) -> ET.Element:
        """A job: its name, its states as text and as a drawing."""
        job = f"export {lane.export_id}" if lane.export_id is not None else "no export id"
        return element(
            "div",
            element(
                "div",
                element("strong", f"{lane.kind} {display.line(lane.resource_id)}"),
                element("span", f" · {display.line(job)}", class_="soft"),
                element("br"),
                *_states(lane),
                class_="name",
            ),
            self._drawn(lane),
            class_="lane",
        )

    def _drawn(self, lane: Lane) -> ET.Element:
        marks = [self._mark(response) for response in lane.responses]
        return self._svg(
            _line("rail", 0, self._width, _MIDDLE),
            *self._runs(lane),
            *marks,
            height=_HEIGHT,
        )

    def _svg(self, *content: ET.Element, height: int, class_: str | None = None) -> ET.Element:
        # Screen readers use the text above, which says the same.
        return element(
            "svg",
            *content,
            class_=class_,
            width=str(self._width),
            height=str(height),
            viewBox=f"0 0 {self._width} {height}",
            aria_hidden="true",
        )

    def _runs(self, lane: Lane) -> Iterator[ET.Element]:
        """Lines between responses, in the colour of the latest state."""
        state = ""
        for response, following in zip(lane.responses, lane.responses[1:], strict=False):
            state = response.state if response.state in STATES else state
            if state:
                yield _line(f"run {state}", self._x(response), self._x(following), _MIDDLE)

    def _mark(self, response: JobResponse) -> ET.Element:
        x = self._x(response)
        marks = [_shape(response.state, x)]
        if response.exchange.index in self._violating:
            marks.append(element("circle", class_="ring", cx=str(x), cy=str(_MIDDLE), r="12"))
        return element(
            "a",
            element("title", _label(response)),
            *marks,
            href=f"#{exchange_anchor(response.exchange)}",
            # The list of exchanges has the same links for the keyboard.
            tabindex="-1",
        )

    def _x(self, response: JobResponse) -> int:
        return self._place(response.exchange.index)

    def _place(self, index: int) -> int:
        return _MARGIN + self._step * self._columns[index]

    def axis(self, exchanges: dict[int, Exchange]) -> ET.Element:
        """Times in seconds, below some of the exchanges."""
        every = -(-_TICK // self._step)
        ticks: list[ET.Element] = []
        for index, column in self._columns.items():
            if column % every == 0:
                x = self._place(index)
                ticks.append(element("line", x1=str(x), x2=str(x), y1="0", y2="5"))
                ticks.append(element("text", f"{exchanges[index].at:.1f} s", x=str(x - 12), y="17"))
        return self._svg(*ticks, height=22, class_="axis")


def _states(lane: Lane) -> Iterator[ET.Element]:
    for place, run in enumerate(lane.runs):
        first, last = run[0].exchange, run[-1].exchange
        times = f" {len(run)} times," if len(run) > 1 else ""
        until = f" to {last.at:.1f}" if len(run) > 1 and last.at > first.at else ""
        yield element(
            "span",
            "→ " if place else None,
            element("b", run[0].state),
            f"{times} {first.at:.1f}{until} s ",
            class_="small soft",
        )


def _label(response: JobResponse) -> str:
    exchange = response.exchange
    return (
        f"#{display.number(exchange.index)} {exchange.method}: {response.state}, "
        f"{exchange.at:.1f} s after the start"
    )


def _line(class_: str, start: int, end: int, y: int) -> ET.Element:
    return element("line", class_=class_, x1=str(start), x2=str(end), y1=str(y), y2=str(y))


def _shape(state: str, x: int) -> ET.Element:
    """A different shape for each state, for readers who can't distinguish the colours."""
    if state == "generating":
        return element("circle", class_=state, cx=str(x), cy=str(_MIDDLE), r="6")
    if state == "complete":
        return element("circle", class_=state, cx=str(x), cy=str(_MIDDLE), r="7")
    if state == "failed":
        side = "13"
        return element(
            "rect", class_=state, x=str(x - 6), y=str(_MIDDLE - 6), width=side, height=side
        )
    cross = f"M{x - 5} {_MIDDLE - 5}l10 10m0 -10l-10 10"
    return element("path", class_="other", d=cross)
