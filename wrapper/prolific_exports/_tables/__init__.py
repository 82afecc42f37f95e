"""Tables of export archives: one row per answer, or one row per submission.

``_record_parts`` and ``_answer_parts`` split a record; ``_long`` and ``_wide`` make rows of it.
Together they are the reference reader: plain Python, slow and exact. ``_fast`` makes the same rows
as Arrow batches from blocks of a file, in the order that ``_answer_order`` finds, and refuses
blocks with unusual content. ``_sources`` reads the files and chooses between both. ``_content`` is
the table; ``_writing`` and ``_output`` write it to files.

``_tidy`` is the shape for analysis: ``_observed`` reads what the answers have in common,
``_tidy_columns`` plans the columns, ``_slugs`` names them.
"""

from prolific_exports._tables._column_names import Shape
from prolific_exports._tables._content import TableContent
from prolific_exports._tables._observed import derived_codebook
from prolific_exports._tables._output import Formulas
from prolific_exports._tables._sources import Row
from prolific_exports._tables._table_summary import TableSummary
from prolific_exports._tables._tidy import TidyContent
from prolific_exports._tables._tidy_columns import ColumnKind, TidyColumn
from prolific_exports._tables._uploaded_files import warn_of_missing_files
from prolific_exports._tables._writing import write_table

__all__ = [
    "ColumnKind",
    "Formulas",
    "Row",
    "Shape",
    "TableContent",
    "TableSummary",
    "TidyColumn",
    "TidyContent",
    "derived_codebook",
    "warn_of_missing_files",
    "write_table",
]
