"""DuckDB, which reads the answers as a map; no checks."""

import sys
import tempfile
import zipfile
from pathlib import Path

import duckdb

QUERY = """
COPY (
  WITH answers AS (
    SELECT submission_id, participant_id, collection_id, created_at,
           unnest(map_entries(responses), recursive := true)
    FROM read_json($source, format = 'newline_delimited', maximum_object_size = 134217728,
      columns = {submission_id: 'VARCHAR', participant_id: 'VARCHAR', collection_id: 'VARCHAR',
        created_at: 'VARCHAR', responses: 'MAP(VARCHAR, STRUCT(type VARCHAR, description VARCHAR,
        value VARCHAR, unit VARCHAR, values JSON[], files STRUCT(name VARCHAR, path VARCHAR)[]))'})
  ), items AS (
    SELECT * EXCLUDE (values, files), unnest(CASE
      WHEN values IS NULL THEN [NULL] ELSE values END) AS item,
      unnest(CASE WHEN files IS NULL THEN [NULL] ELSE files END) AS file FROM answers
  )
  SELECT submission_id, participant_id, collection_id, created_at, key AS instruction_id, type,
    description, CASE WHEN type = 'multiple_choice' THEN item->>'$' ELSE value END AS value, unit,
    item->>'option' AS option, item->>'explanation' AS explanation,
    file.name AS file_name, file.path AS file_path
  FROM items
) TO $target (FORMAT parquet)
"""


def main(source: str, target: str) -> None:
    """An archive to Parquet."""
    duckdb.execute("SET enable_progress_bar = false")
    archive = zipfile.ZipFile(source)
    (name,) = [name for name in archive.namelist() if name.endswith("responses.jsonl")]
    with tempfile.TemporaryDirectory(dir=Path(target).parent) as folder:
        path = archive.extract(name, folder)
        duckdb.execute(QUERY, {"source": path, "target": target})


main(*sys.argv[1:])
