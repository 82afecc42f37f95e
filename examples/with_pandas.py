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
    # The one type has its choices in "value", the other in "option".
    filled = chosen.fillna({"option": "", "value": ""})
    counts = filled.groupby(["description", "value", "option"]).size()
    print(counts.to_string())


if __name__ == "__main__":
    main(sys.argv[1])
