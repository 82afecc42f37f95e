"""One dataset of all responses of many collections and batches, refreshed by each run.

`_sync` is the public class, `_run` one run. `_export_queue` orders exports and deletions, and
`_one_export` has their flows. `_readers` and `_parts` read archives in workers. `_waves` plans,
commits and recovers over `_storage` and `_dataset`, while `_lease` keeps other drivers out.
`_compaction` merges files. `_receipts`, `_windows`, `_schemas` and `_report` are values.
"""
