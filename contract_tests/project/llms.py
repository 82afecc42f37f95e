"""Writes ``docs/llms.txt``: the documentation's pages for language models (https://llmstxt.org).

``make regenerate`` runs it.
"""

import re
import sys
from pathlib import PurePosixPath

from project.tree import ROOT

PAGES = "https://raw.githubusercontent.com/prolific-exports/prolific-exports/main/"
# By reader; what only people who change the project need is optional.
SECTIONS = {
    "Use": ("command", "python", "tables", "page", "recipes", "sync", "agents", "testing"),
    "The gate": ("gate", "drift", "statements", "detection-table", "derived-faults"),
    "Optional": ("architecture", "glossary", "benchmarks"),
}


def document() -> str:
    """The text of ``llms.txt``."""
    title, about = title_and_about("README.md")
    lines = [f"# {title}", "", f"> {about}"]
    for section, names in SECTIONS.items():
        lines += ["", f"## {section}", ""]
        for name in names:
            path = f"docs/{name}.md"
            title, about = title_and_about(path)
            lines.append(f"- [{title}]({PAGES}{path}): {about}")
    return "\n".join(lines) + "\n"


def title_and_about(path: str) -> tuple[str, str]:
    """The heading of a page, and the first sentence of its first paragraph of text."""
    text = (ROOT / PurePosixPath(path)).read_text(encoding="utf-8")
    heading, _, rest = text.partition("\n")
    paragraphs = re.sub(r"(?ms)^```.*?^```\n", "", rest).strip().split("\n\n")
    first = " ".join(paragraphs[0].split())
    plain = re.sub(r"\[([^]]+)\]\([^)]*\)", r"\1", first).replace("**", "")
    return heading.removeprefix("# ").replace("`", ""), re.split(r"(?<=\.)\s", plain)[0]


if __name__ == "__main__":
    sys.stdout.write(document())
