"""The median of answers that have a unit, with polars.

python examples/with_polars.py data.zip
"""

import sys

import polars as pl
from prolific_exports import ExportArchive


def main(path: str) -> None:
    """Print what an archive says."""
    archive = ExportArchive.open(path)
    frame = archive.to_polars().filter(pl.col("unit").is_not_null())
    # Answers with a unit are texts: what is not a number becomes null here, on purpose.
    number = pl.col("value").cast(pl.Float64, strict=False)
    by = frame.group_by("description", "unit")
    print(by.agg(number.median().alias("median"), pl.len().alias("answers")).sort("description"))


if __name__ == "__main__":
    main(sys.argv[1])
