"""Responses of a store with archives for the laws that read their directories."""

import io
import zipfile

from prolific_contract.gate.trace import HttpResponse

from helpers.traces import TraceBuilder

ID = "C0111EC7-0000-4000-8000-000000000001"
DOCUMENTED = {
    "batch": (
        "responses-by-submission.jsonl",
        "responses-by-task.jsonl",
        "batch.json",
        "README.md",
    ),
    "collection": ("responses.jsonl", "collection.json", "README.md"),
}


def archive(
    builder: TraceBuilder,
    *others: str,
    root: str | None = "",
    flags: int = 0,
    method: int = 0,
    lines: bytes = b"{}\n",
) -> HttpResponse:
    """A download of an archive with the documented members and others below the root folder."""
    root = f"{builder.kind}-export-{ID.lower()}-20260320T100000" if root == "" else root
    names = [f"{root}/{name}" if root else name for name in (*DOCUMENTED[builder.kind], *others)]
    return download(*names, flags=flags, method=method, lines=lines)


def download(*names: str, flags: int = 0, method: int = 0, lines: bytes = b"{}\n") -> HttpResponse:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            member = zipfile.ZipInfo("x")
            member.filename = name
            archive.NameToInfo.pop(name, None)
            archive.writestr(member, lines if name.endswith(".jsonl") else b"content")
            member.flag_bits |= flags
            member.compress_type = method
    data = file.getvalue()
    return HttpResponse(200, (("Content-Length", str(len(data))),), data)
