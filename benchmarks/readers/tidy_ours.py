"""This project, in the tidy shape."""

import sys

from prolific_exports import ExportArchive

source, target = sys.argv[1:]
ExportArchive.open(source).to_pandas(shape="tidy").to_parquet(target)
