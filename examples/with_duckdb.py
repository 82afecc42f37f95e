"""How many answered what, with DuckDB.

python examples/with_duckdb.py data.zip
"""

import sys

from prolific_exports import ExportArchive


def main(path: str) -> None:
    """Print what an archive says."""
    archive = ExportArchive.open(path)
    responses = archive.to_duckdb()
    query = """
        SELECT description, count(DISTINCT submission_id) AS answered, count(file_path) AS files
        FROM responses GROUP BY description ORDER BY description
    """
    print(responses.query("responses", query))


if __name__ == "__main__":
    main(sys.argv[1])
