"""What to know besides the violations: what was not seen, what was noted, the laws."""

from itertools import groupby

from prolific_contract.gate.reports._documents import cited, page
from prolific_contract.gate.reports._html._anchors import law_anchor, links
from prolific_contract.gate.reports._html._markup import Content, element
from prolific_contract.gate.reports._html._matrix import SYMBOLS
from prolific_contract.gate.reports._summary import (
    Summary,
    answer_name,
    operation_name,
    told,
)


def silence(summary: Summary) -> list[Content]:
    """The laws that were not exercised, and why."""
    if not summary.not_exercised:
        return []
    items = []
    for each in summary.not_exercised:
        names = [
            element("div", element("code", law), element("span", f" {places}", class_="soft small"))
            for law, places in each.laws.items()
        ]
        items.append(element("li", *names, element("div", each.reason)))
    return [
        element("p", "The conversation did not show what these laws are about."),
        element("ul", *items, class_="card reasons"),
    ]


def notes(summary: Summary) -> list[Content]:
    """What was only noted, and what the baseline need not accept any more."""
    if not summary.notes and not summary.stale:
        return []
    items = [
        element(
            "li",
            element("code", note.law.id),
            element("span", f" {operation_name(note.operation)}", class_="soft small"),
            element(
                "div",
                f"{told(note.observation)} ",
                *links([note.observation], summary),
                f", {note.times} times" if note.times > 1 else None,
            ),
        )
        for note in summary.notes
    ]
    items += [
        element(
            "li", element("code", fingerprint), element("div", "in the baseline, but not broken")
        )
        for fingerprint in summary.stale
    ]
    return [
        element("p", "Nothing here fails the check."),
        element("ul", *items, class_="card reasons"),
    ]


def answers(summary: Summary) -> list[Content]:
    """The documented answers, seen or not."""
    if not summary.verdict.answers:
        return []
    by_operation = groupby(summary.verdict.answers, key=lambda answer: answer.operation)
    rows = [
        element(
            "tr",
            element("th", operation_name(operation), scope="row"),
            element(
                "td",
                element(
                    "ul",
                    *(
                        element(
                            "li",
                            element(
                                "span",
                                element(
                                    "span",
                                    SYMBOLS["held" if answer.seen else "not exercised"],
                                    aria_hidden="true",
                                ),
                                f"{answer_name(answer)}{'' if answer.seen else ': never seen'}",
                                class_=f"chip {'held' if answer.seen else 'idle'}",
                            ),
                        )
                        for answer in answers
                    ),
                ),
            ),
        )
        for operation, answers in by_operation
    ]
    return [
        element("p", "What the contract documents, and whether the conversation has it."),
        element(
            "div", element("table", element("tbody", *rows)), class_="card scroll table answers"
        ),
    ]


def laws(summary: Summary) -> list[Content]:
    """What each law demands, and where it comes from."""
    if not summary.laws:
        return []
    items = [
        element(
            "li",
            element("h3", element("code", law.id)),
            element("p", law.statement),
            element(
                "p",
                f"{law.source.says} ",
                element("a", cited(law.source), href=page(law.source).address, rel="noreferrer"),
                class_="soft small",
            ),
            id=law_anchor(law),
        )
        for law in summary.laws
    ]
    return [element("ul", *items, class_="card laws")]
