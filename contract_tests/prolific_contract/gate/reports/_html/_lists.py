"""Everything besides violations: laws not exercised, notes, documented responses, all laws."""

from itertools import groupby

from prolific_exports._html._markup import Content, element

from prolific_contract.gate.reports._documents import citation, page
from prolific_contract.gate.reports._html._anchors import law_anchor, links
from prolific_contract.gate.reports._html._matrix import SYMBOLS
from prolific_contract.gate.reports._names import answer_name, operation_name
from prolific_contract.gate.reports._summary import Summary, seen_text


def not_exercised(summary: Summary) -> list[Content]:
    """The laws that were not exercised, and the reasons."""
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
        element("p", "Nothing in the conversation tested these laws."),
        element("ul", *items, class_="card reasons"),
    ]


def notes(summary: Summary) -> list[Content]:
    """Notes, and entries of the baseline that are fixed."""
    if not summary.notes and not summary.stale:
        return []
    items = [
        element(
            "li",
            element("code", note.law.id),
            element("span", f" {operation_name(note.operation)}", class_="soft small"),
            element(
                "div",
                f"{seen_text(note.observation)} ",
                *links([note.observation], summary),
                f", {note.times} times" if note.times > 1 else None,
            ),
        )
        for note in summary.notes
    ]
    items += [
        element("li", element("code", fingerprint), element("div", "in the baseline, but fixed"))
        for fingerprint in summary.stale
    ]
    return [
        element("p", "These do not fail the check."),
        element("ul", *items, class_="card reasons"),
    ]


def comparison(summary: Summary) -> list[Content]:
    """What changed since an earlier report."""
    if summary.comparison is None:
        return []
    items = [
        element("li", f"{name}: ", element("code", fingerprint))
        for name, fingerprint in summary.comparison.lines()
    ]
    if not items:
        return [element("p", "No violation in either.")]
    return [element("ul", *items, class_="card reasons")]


def answers(summary: Summary) -> list[Content]:
    """The documented responses, and whether the conversation contains them."""
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
                                f"{answer_name(answer)}{'' if answer.seen else ': not seen'}",
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
        element(
            "p",
            "The documented responses, and whether the conversation contains them.",
        ),
        element(
            "div", element("table", element("tbody", *rows)), class_="card scroll table answers"
        ),
    ]


def laws(summary: Summary) -> list[Content]:
    """The statement and the source of each law."""
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
                element("a", citation(law.source), href=page(law.source).address, rel="noreferrer"),
                class_="soft small",
            ),
            id=law_anchor(law),
        )
        for law in summary.laws
    ]
    return [element("ul", *items, class_="card laws")]
