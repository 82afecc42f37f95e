"""Export archives as tables: every response of every export, typed.

``_records`` finds the answers in records; ``_long`` and ``_wide`` lay them out in rows: plain
Python, slow, and what is right by definition. ``_fast`` gives the same as Arrow batches for pieces
of a file that hold nothing odd, in the order that ``_turns`` finds, and refuses all others.
``_sources`` goes through the files and chooses; ``_table`` is what users hold; ``_output`` writes
files.
"""

from prolific_exports._tables._column_names import Shape
from prolific_exports._tables._table import ResponseTable
from prolific_exports._tables._table_summary import TableSummary

__all__ = ["ResponseTable", "Shape", "TableSummary"]
