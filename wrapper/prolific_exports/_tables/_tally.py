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
    """

    rows: int
    extras: int
    escaped: int = 0
