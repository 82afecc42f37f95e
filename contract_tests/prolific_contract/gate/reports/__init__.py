"""Reports: a verdict as text, HTML, JSON, JUnit XML and SARIF.

No report contains a secret: the recorder has removed the API token, and the reports omit the
queries of presigned URLs and the data of participants.
"""

from collections.abc import Callable
from pathlib import Path
from types import MappingProxyType
from typing import Final

from prolific_contract.gate._verdict import Verdict
from prolific_contract.gate.reports import _html, _json, _junit, _sarif, _text
from prolific_contract.gate.reports._text import print_text
from prolific_contract.spec._files import write_atomically

FORMATS: Final = MappingProxyType[str, Callable[[Verdict], str]](
    {
        "html": _html.render,
        "json": _json.render,
        "junit": _junit.render,
        "sarif": _sarif.render,
        "text": _text.render,
    }
)
"""The function that renders each format."""


def write_report(report_format: str, verdict: Verdict, path: Path) -> None:
    """Write a report file, atomically.

    Args:
        report_format: One of `FORMATS`.
        verdict: The result to report.
        path: The file; missing folders are created.

    Raises:
        DocumentError: The file can't be written.
    """
    content = FORMATS[report_format](verdict)
    write_atomically(path, content.encode("utf-8", "backslashreplace"))


__all__ = ["FORMATS", "print_text", "write_report"]
