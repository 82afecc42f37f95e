"""This project."""

import sys

from prolific_exports import ExportArchive

source, target = sys.argv[1:]
ExportArchive.open(source).to_parquet(target)
