"""A table that a command has written."""

from attrs import frozen

from prolific_exports import TableSummary


@frozen(kw_only=True)
class WrittenTable:
    """A complete table.

    Attributes:
        path: The file, as the user named it.
        summary: What it contains.
        seconds: How long writing took.
    """

    path: str
    summary: TableSummary
    seconds: float
