"""Counts what a written table contains."""

from attrs import frozen


@frozen(kw_only=True)
class TableSummary:
    """The content of a written table in numbers.

    Attributes:
        rows: Number of rows.
        extras: Number of rows with content in ``extra``: not documented, or not of the documented
            type.
        escaped: Number of texts that a spreadsheet would run as formulas, and that have an
            apostrophe; CSV only.
        missing_files: Number of files that answers name and the archives do not contain; 0 without
            ``files``.
        renamed_files: Number of uploaded files that were renamed because some system cannot store
            their names; 0 without ``files``.
        cut: Number of texts that are longer than the format allows, and were cut; Excel, SPSS and
            Stata only.
        unfit: Number of answers that a tidy table does not contain as a whole, and of records
            without answers; the long table has them. 0 in other shapes.
    """

    rows: int
    extras: int
    escaped: int = 0
    missing_files: int = 0
    renamed_files: int = 0
    cut: int = 0
    unfit: int = 0
