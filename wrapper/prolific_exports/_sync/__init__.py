"""One dataset of all responses of many collections and batches, refreshed by each run.

`_export_queue` orders the exports and deletions of one token.
"""
