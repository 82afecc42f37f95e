"""Tables of export archives: one row per answer, or one row per submission.

``_record_parts`` and ``_answer_parts`` split a record; ``_long`` and ``_wide`` make rows of it.
Together they are the reference reader: plain Python, slow and exact. ``_fast`` makes the same rows
as Arrow batches from blocks of a file, in the order that ``_answer_order`` finds, and refuses
blocks with unusual content. ``_sources`` reads the files and chooses between both. ``_content`` is
the table; ``_writing`` and ``_output`` write it to files.
"""

from prolific_exports._tables._column_names import Shape
from prolific_exports._tables._content import TableContent
from prolific_exports._tables._output import Formulas
from prolific_exports._tables._sources import Row
from prolific_exports._tables._table_summary import TableSummary
from prolific_exports._tables._writing import write_table

__all__ = ["Formulas", "Row", "Shape", "TableContent", "TableSummary", "write_table"]
