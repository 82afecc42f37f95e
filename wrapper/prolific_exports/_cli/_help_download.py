"""The text of ``download --help`` that follows the options."""

DOWNLOAD = """\
examples:
  prolific-exports download collection ID --table answers.parquet
  prolific-exports download batch ID1 ID2 -o archives/ --extract files
  prolific-exports download collection --workspace WORKSPACE_ID -o archives
  prolific-exports download collection @ids.txt -o archives
  prolific-exports download collection ID --from 2026-03-01 --to 2026-03-31
  prolific-exports download collection ID --since 7d
  prolific-exports download collection ID -o - | ssh backup 'cat > data.zip'
  file=$(prolific-exports download collection ID)

output:
  stdout has the path of each archive, one per line, once it is saved and
  verified. With --table, the path of the table comes last. All other text goes
  to stderr.
  With --output -, stdout has the archive itself, once it is verified; after an
  error, stdout stays empty. Until then, the archive is in a private folder for
  temporary files (see TMPDIR), so such a download starts from scratch. If the
  reader of stdout ends early, the exit code is still 0.

codebook:
  An archive does not have the options of its questions. They are stored beside
  it: in data.codebook.json for data.zip. Tidy tables use this file (see: table
  --help). If the API does not describe the questions, stderr has the reason,
  and the exit code is 0. With --output -, there is no such file.

resuming:
  To resume an interrupted download, run the same command again. Until then,
  the bytes received so far are in hidden files named .prolific-KIND-ID in the
  folder of the archive. To start from scratch, delete them.

only the responses:
  --only responses saves an archive without the uploaded files, which is often a
  hundredth of the size. It is a complete and verified ZIP for show, extract,
  table and codebook; its not-downloaded.jsonl lists the uploaded files. It is
  named <id>-export-<YYYYMMDD-HHMMSS>-responses.zip in a folder. If the store
  does not support range requests, the whole archive is transferred, and the
  result is the same. For the uploaded files, download again without --only.

several ids:
  All exports are requested first and generated at the same time; --jobs limits
  how many archives are downloaded at a time. A failure does not stop the other
  downloads. Repeated ids count once. Paths are printed as downloads finish,
  JSON results are in the order of the ids. To stop, press Ctrl-C: stderr then
  has one command that downloads what is left.

lists of ids:
  - stands for ids on stdin and @FILE for those in a file: separated by spaces
  or line ends; text from a "#" at the beginning of a word to the end of the
  line is a comment. Archives of a list or a workspace always go into a folder,
  even if there is only one.

filters:
  --study-id, --from, --to and --since need a server with edition 2026-11 of the
  API. If a server ignores them, the command fails instead of saving unfiltered
  data. With --export-id, repeat the filter that the export was requested with.
  A day is a day in UTC, or in the zone of --timezone. --from begins with it,
  --to ends with it. stderr has the moments used. To resume a download with
  --since, run the command that was printed: "now" is another time by then.

reusing:
  --reuse 6h uses an archive at the destination if it is complete, of the same
  collection or batch and filter, and at most six hours old: then nothing is
  requested. Otherwise a complete export of that age with the same filter is
  downloaded. If there is none, a new export is requested. An older file at the
  destination is replaced only with --overwrite.

deleting:
  --delete-after deletes an export only after its archive has been verified and
  saved. If deleting fails, stderr has the reason, but the exit code is 0.

exit codes:
  0 success, 1 failed, 2 wrong usage, 3 timed out, 4 storage problem,
  130 interrupted (details: prolific-exports --help)

JSON:
  With --json, stdout has one JSON object, also after errors:
  {"filter", "only",
   "results": [{"kind", "id", "export_id", "status", "path", "codebook",
                "size", "transferred", "sha256", "records", "seconds",
                "resumed_from", "reused", "extracted_to", "renamed",
                "missing_files", "deleted", "error", "resume"}, ...],
   "table", "table_summary", "error", "resume"}
  filter         {"study_id", "from", "to"}, each only if set, with the moments
                 used in UTC; "to" is not included. null without a filter
  only           "responses" with --only responses, else null
  status         "saved", "failed", "timed_out" or "interrupted"
  path, size     the archive and its size in bytes; null until it is saved and
                 verified. Set even if only extracting it failed.
  codebook       the file with the questions; null if it was not saved
  transferred    bytes that this run received from the store; null until the
                 archive is saved
  sha256         of the archive; null until it is saved
  records        number of records in the archive (of a batch: by submission);
                 null until it is saved, or if it has no readable records
  seconds        {"waiting", "transfer", "total"}: until the transfer began,
                 from then until the archive was saved, and both together; the
                 first two are null if no transfer began
  resumed_from   offset in bytes at which the download resumed; 0 if it started
                 from scratch
  reused         "file" or "job": what --reuse used in place of a new export;
                 null if nothing
  extracted_to   the folder of --extract; null unless the archive was extracted
  renamed        [{"from", "to"}, ...]: files extracted under another name;
                 null unless the archive was extracted
  missing_files  number of files that answers refer to but the archive lacks;
                 null unless the archive was extracted and has readable records
  deleted        whether the export was deleted from Prolific; null if not
                 requested or not attempted
  error          what failed (see: prolific-exports --help), or null
  resume         the command that resumes, as a list of arguments, or null.
                 With several ids it lacks --table, which needs all archives.
                 The outer one resumes all that is left.
  table          the file of --table once it is complete, else null
  table_summary  its rows, sha256 and more, as in: table --help; or null
  The outer error is set if the command as a whole failed: wrong usage, the
  table, or an interrupt.
"""
