"""The part of a page that is there without its script: what was asked, and how many answered."""

from collections.abc import Iterator, Sequence
from typing import Final
from xml.etree import ElementTree as ET

from attrs import frozen

from prolific_exports._archive import ArchiveReader
from prolific_exports._console._text import moment, plural, size
from prolific_exports._html._document import theme_button
from prolific_exports._html._markup import Content, element
from prolific_exports._page._questions import PageQuestion
from prolific_exports._page._totals import Totals

_RATES_SHOWN: Final = 15
"""Response rates that are shown at once; more of them scroll."""


@frozen
class PageSubject:
    """What a page is about.

    Attributes:
        archives: The archives.
        totals: What they contain.
        questions: The questions.
        is_derived: Whether options that no answer has may be missing.
    """

    archives: Sequence[ArchiveReader]
    totals: Totals
    questions: Sequence[PageQuestion]
    is_derived: bool

    @property
    def is_batch(self) -> bool:
        """Whether a row is a task of a submission."""
        return any(one.kind == "batch" for one in self.archives)

    @property
    def unit(self) -> str:
        """What a row is."""
        return "answered task" if self.is_batch else "submission"

    @property
    def title(self) -> str:
        """The name of what was exported."""
        names = dict.fromkeys(
            one.metadata.name or one.metadata.id or one.path.name for one in self.archives
        )
        first, *others = names
        return f"{first} and {plural(len(others), 'more archive')}" if others else first


def body(subject: PageSubject) -> list[Content]:
    """The elements of the page; its script fills those that are empty."""
    return [
        element("a", "Skip to the answers", class_="skip", href="#cards"),
        element(
            "div",
            element(
                "header",
                element("div", element("p", "Responses"), theme_button(), class_="top"),
                element(
                    "div",
                    element("h1", subject.title),
                    element("dl", *(_fact(*one) for one in _facts(subject)), class_="facts"),
                    element("ul", id="notes", class_="notes", hidden=""),
                    class_="card about",
                ),
            ),
            element(
                "noscript",
                element("p", "Charts, filters and answers need JavaScript.", class_="card"),
            ),
            element("main", *_main(subject)),
            element(
                "footer", "Made with prolific-exports. The file loads nothing from the network."
            ),
            class_="wrap",
        ),
        element("dialog", id="submission", aria_labelledby="submission-title"),
    ]


def _facts(subject: PageSubject) -> Iterator[tuple[str, str]]:
    totals, archives = subject.totals, subject.archives
    people = plural(len(totals.participants), "participant")
    yield f"{subject.unit.capitalize()}s", f"{totals.rows:,} from {people}"
    if totals.first is not None and totals.last is not None:
        yield "Period", f"{moment(totals.first)} to {moment(totals.last)}"
    complete = sum(one.answered >= totals.rows for one in subject.questions)
    yield "Questions", f"{len(subject.questions)}, {complete} answered by all"
    files = [file for archive in archives for file in archive.files]
    if files:
        yield "Uploaded files", f"{len(files):,} ({size(sum(one.size for one in files))})"
    if len(archives) > 1:
        yield "Archives", ", ".join(one.path.name for one in archives)
        return
    [archive] = archives
    if archive.metadata.id is not None:
        yield (archive.kind or "Id").capitalize(), archive.metadata.id
    if archive.metadata.exported_at is not None:
        yield "Exported", moment(archive.metadata.exported_at)


def _fact(name: str, value: str) -> ET.Element:
    return element("div", element("dt", name), element("dd", value))


def _main(subject: PageSubject) -> Iterator[ET.Element]:
    yield _section("rates", "Response rate", _rates(subject))
    controls = element("div", id="controls", class_="card", data_control="", hidden="")
    yield element("section", controls, aria_label="Filters", id="filters")
    yield _section("cards", "Answers", element("div", id="card-list", class_="cards"))
    yield _section("table", "Submissions", element("div", id="table-place"))


def _section(id_: str, title: str, *content: Content) -> ET.Element:
    heading = element("h2", title, id=f"{id_}-title")
    return element("section", heading, *content, id=id_, aria_labelledby=f"{id_}-title")


def _rates(subject: PageSubject) -> ET.Element:
    rows = subject.totals.rows
    rates = element("ol", *(_rate(one, rows) for one in subject.questions), class_="rates")
    if len(subject.questions) <= _RATES_SHOWN:
        return element("div", rates, class_="card")
    # It scrolls, so it must be reachable by keyboard.
    return element(
        "div",
        rates,
        class_="card scroll tall",
        tabindex="0",
        role="group",
        aria_labelledby="rates-title",
    )


def _rate(question: PageQuestion, rows: int) -> ET.Element:
    share = question.answered / rows if rows else 0.0
    bar = element(
        "svg",
        element("rect", width="100", height="6", class_="rail"),
        element("rect", width=f"{100 * share:.1f}", height="6", class_="fill"),
        viewBox="0 0 100 6",
        preserveAspectRatio="none",
        aria_hidden="true",
    )
    missing = rows - question.answered
    return element(
        "li",
        element("a", question.wording, href=f"#q{question.number}-card"),
        bar,
        element("span", f"{100 * share:.0f} %", class_="share"),
        element("span", f"{missing:,} missing" if missing else "complete", class_="soft small"),
    )
