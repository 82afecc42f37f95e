"""Reading export archives: verify, look inside, read records, extract, summarise.

``_directory`` and ``_content`` read the ZIP; ``_responses``, ``_records`` and
``_metadata`` give its JSON a type; ``_plan`` makes extracting safe;
``_uploads`` knows the files that answers name; ``_distribution`` counts answers for ``_summary``;
``_export_archive`` is what users hold. The layout is that of documents/003.

What only records need is imported when they are read (``_records``, ``_responses``,
``_summary``): classes are made one by one, and a table needs none of them.
"""

from prolific_exports._archive._directory import Member
from prolific_exports._archive._metadata import Instruction, Metadata
from prolific_exports._archive._plan import ExtractLimits
from prolific_exports._archive._uploads import ArchiveFile
from prolific_exports._archive._verify import ZipSummary, verify_zip
from prolific_exports._export_archive import ExportArchive, verify_export

__all__ = [
    "ArchiveFile",
    "ExportArchive",
    "ExtractLimits",
    "Instruction",
    "Member",
    "Metadata",
    "ZipSummary",
    "verify_export",
    "verify_zip",
]
