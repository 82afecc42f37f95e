"""How often each option was chosen, with pandas.

python examples/with_pandas.py data.zip
"""

import sys

from prolific_exports import ExportArchive


def main(path: str) -> None:
    """Print what an archive says."""
    archive = ExportArchive.open(path)
    frame = archive.to_pandas()
    chosen = frame[frame["type"].isin(["multiple_choice", "multiple_choice_with_free_text"])]
    print(chosen.groupby(["description", "option"]).size().to_string())


if __name__ == "__main__":
    main(sys.argv[1])
