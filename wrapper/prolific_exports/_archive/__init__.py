"""Export archives: verify, read, extract and summarise them.

``_directory`` and ``_content`` read the ZIP. ``_answer_shapes`` is the table of answer types, by
which ``_responses`` and ``_records`` give the JSON its classes. ``_plan`` decides what extracting
writes. ``_reader`` combines them. The layout is that of documents/003.

``_records``, ``_responses`` and ``_summary`` are imported when they are needed: creating their
classes takes time, and a table needs none of them.
"""

from prolific_exports._archive._directory import Member
from prolific_exports._archive._metadata import Instruction, Metadata
from prolific_exports._archive._plan import ExtractLimits
from prolific_exports._archive._reader import ArchiveReader, inspect_export
from prolific_exports._archive._uploads import ArchiveFile
from prolific_exports._archive._verify import ZipSummary, verify_export, verify_zip

__all__ = [
    "ArchiveFile",
    "ArchiveReader",
    "ExtractLimits",
    "Instruction",
    "Member",
    "Metadata",
    "ZipSummary",
    "inspect_export",
    "verify_export",
    "verify_zip",
]
