"""What became of an archive's records in a table."""

from attrs import frozen


@frozen(kw_only=True)
class TableSummary:
    """What a table that was written holds.

    Attributes:
        rows: Number of rows.
        extras: How many of them keep something in ``extra``: what is not documented, or not
            of the documented type, as its original JSON.
        escaped: Number of texts that a spreadsheet would have taken for formulas and that
            were marked as texts; CSV only.
        missing_files: Number of files that answers name and the archives do not have; counted
            where ``files`` is given.
        renamed_files: Number of uploaded files whose names not every system can hold, and that
            were extracted under others; counted where ``files`` is given.
    """

    rows: int
    extras: int
    escaped: int = 0
    missing_files: int = 0
    renamed_files: int = 0
