"""The report as JUnit XML, for the test views of CI systems.

The dialect is what Jenkins, GitLab and GitHub Actions have in common: a suite for each family of
laws, and a test case for each law and operation.
"""

from datetime import UTC
from itertools import groupby
from typing import Final
from xml.etree import ElementTree as ET

from prolific_exports._html._markup import writable

from prolific_contract.gate._verdict import Cell, Verdict
from prolific_contract.gate.reports._names import answer_name, operation_name
from prolific_contract.gate.reports._summary import Summary, evidence, seen_text

_PACKAGE: Final = "prolific-contract"
_SUITE: Final = "conversation"


def render(verdict: Verdict) -> str:
    """The report as an XML document."""
    summary = Summary(verdict)
    root = ET.Element("testsuites", {"name": f"{_PACKAGE}: {summary.target}"})
    root.append(_conversation(summary))
    families = groupby(verdict.cells, key=lambda cell: cell.law.id.partition(".")[0])
    for family, cells in families:
        suite = _suite(family, summary)
        for cell in cells:
            suite.append(_case(cell, summary))
        root.append(suite)
    for suite in root:
        _count(suite, list(suite.iter("testcase")))
    _count(root, list(root.iter("testcase")))
    root.set("time", f"{verdict.took:.3f}")
    _clean(root)
    ET.indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(root, encoding="unicode")}\n'


def _suite(name: str, summary: Summary) -> ET.Element:
    suite = ET.Element("testsuite", {"name": f"{_PACKAGE}.{name}", "time": "0"})
    started = summary.verdict.started
    if started is not None:
        # Jenkins' schema requires a timestamp without an offset.
        suite.set("timestamp", f"{started.astimezone(UTC):%Y-%m-%dT%H:%M:%S}")
    return suite


def _conversation(summary: Summary) -> ET.Element:
    """A separate suite that fails if the conversation is inconclusive."""
    verdict = summary.verdict
    suite = _suite(_SUITE, summary)
    suite.set("time", f"{verdict.took:.3f}")
    case = ET.SubElement(
        suite,
        "testcase",
        {
            "classname": f"{_PACKAGE}.{_SUITE}",
            "name": "reports the state of an export",
            "time": f"{verdict.took:.3f}",
        },
    )
    if not verdict.conclusive:
        sentence = "; ".join(summary.why_inconclusive)
        error = ET.SubElement(case, "error", {"type": "not exercised", "message": sentence})
        error.text = sentence
    ET.SubElement(case, "system-out").text = "\n".join(_facts(summary))
    return suite


def _facts(summary: Summary) -> list[str]:
    verdict = summary.verdict
    unseen = [f"{operation_name(a.operation)} {answer_name(a)}" for a in summary.unseen]
    return [
        summary.headline,
        f"edition: {summary.edition}",
        f"profile: {verdict.profile}{', strict' if verdict.strict else ''}",
        f"requests: {len(verdict.trace.exchanges)}",
        *(f"evidence: {text}" for text in summary.evidence),
        *([f"documented responses not seen: {', '.join(unseen)}"] if unseen else []),
        *([f"in the baseline, but fixed: {', '.join(summary.stale)}"] * bool(summary.stale)),
    ]


def _case(cell: Cell, summary: Summary) -> ET.Element:
    family, _, name = cell.law.id.partition(".")
    case = ET.Element(
        "testcase",
        {
            "classname": f"{_PACKAGE}.{family}",
            "name": f"{name}: {operation_name(cell.operation)}",
            "time": "0",
        },
    )
    violation = summary.violation(cell)
    if violation is not None:
        text = summary.description(violation)
        message = seen_text(violation.observations[0])
        if violation.accepted:
            ET.SubElement(case, "skipped", {"message": f"accepted by the baseline: {message}"})
            ET.SubElement(case, "system-out").text = text
        else:
            failure = ET.SubElement(case, "failure", {"type": cell.law.id, "message": message})
            failure.text = text
    elif not cell.observations:
        ET.SubElement(case, "skipped", {"message": f"not exercised: {cell.reason}"})
    notes = [
        note for note in summary.notes if (note.law, note.operation) == (cell.law, cell.operation)
    ]
    if notes and violation is None:
        ET.SubElement(case, "system-out").text = "\n".join(
            f"noted: {seen_text(note.observation)} ({evidence([note.observation])})"
            for note in notes
        )
    return case


def _count(element: ET.Element, cases: list[ET.Element]) -> None:
    def count(name: str) -> str:
        return str(sum(case.find(name) is not None for case in cases))

    element.set("tests", str(len(cases)))
    element.set("failures", count("failure"))
    element.set("errors", count("error"))
    element.set("skipped", count("skipped"))


def _clean(root: ET.Element) -> None:
    for element in root.iter():
        element.text = writable(element.text) if element.text else None
        for name, value in element.attrib.items():
            element.set(name, writable(value))
