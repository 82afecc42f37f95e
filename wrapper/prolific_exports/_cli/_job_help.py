"""The texts of ``--help`` that follow the options, for the commands about export jobs."""

LIST = """\
example:
  prolific-exports list collection ID

output:
  stdout has a line of headings and a line per export, newest first. If
  there are none, stdout stays empty. Needs edition 2026-11 of the API.

exit codes:
  0 success, 1 failed, 2 wrong usage, 130 interrupted

JSON:
  With --json, stdout has one JSON object, also after errors:
  {"kind", "id",
   "jobs": [{"export_id", "status", "created_at", "filter"}, ...],
   "error"}
  jobs        null after an error
  created_at  date and time in ISO 8601
  filter      {"study_id", "from", "to"}, each only if set; null if none is
  error       what failed (see: prolific-exports --help), or null
"""

STATUS = """\
example:
  [ "$(prolific-exports status collection ID EXPORT_ID)" = complete ]

output:
  stdout has "generating", "complete" or "failed". For a complete export,
  stderr has the time at which its download URL expires. The URL itself is not
  printed, because everyone who has it can download the data.

exit codes:
  0 success, whatever the state; 1 failed, 2 wrong usage, 130 interrupted

JSON:
  With --json, stdout has one JSON object, also after errors:
  {"kind", "id", "export_id", "status", "expires_at", "error"}
  status      null after an error
  expires_at  when the download URL expires, in ISO 8601; null if there is none
  error       what failed (see: prolific-exports --help), or null
"""

DELETE = """\
examples:
  prolific-exports delete collection ID EXPORT_ID
  prolific-exports delete collection ID --older-than 30d --dry-run
  prolific-exports delete batch --workspace WORKSPACE_ID --keep 3 --yes

Deleting takes effect at once and cannot be undone. An export that is still
being generated cannot be deleted. Needs edition 2026-11 of the API.

choosing:
  --all, --older-than and --keep choose from the list of a collection or batch,
  or of each one in a workspace. Exports that are still being generated are
  skipped. Failed exports have no archive: --keep does not count them. All lists
  are read before anything is deleted. stderr has what will be deleted, and you
  are asked to confirm. Without a terminal, --yes or --dry-run is needed.

output:
  stdout has the id of each deleted export, one per line; with --dry-run, of
  each export that would be deleted. A failure does not stop the others; stderr
  has the reason.

exit codes:
  0 all deleted or skipped, 1 at least one not deleted or not confirmed, 2 wrong
  usage (nothing deleted), 130 interrupted

JSON:
  With --json, stdout has one JSON object, also after errors:
  {"kind", "id", "workspace_id",
   "results": [{"id", "export_id", "outcome", "deleted", "error"}, ...],
   "error"}
  id, workspace_id  null where not given
  results  the exports of the command line, or of the lists; without those that
           were left when the command was interrupted
  outcome  "deleted", "would_delete" (--dry-run), "kept" (not chosen, or not
           confirmed), "generating" (skipped) or "failed"
  deleted  true or false
  error    what failed (see: prolific-exports --help), or null. The outer one is
           set if the command as a whole failed: wrong usage, a list that cannot
           be read, or an interrupt.
"""
