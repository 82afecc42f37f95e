"""The texts of ``--help`` that follow the options.

The JSON members that they list are part of the command's interface.
"""

PROGRAM = """\
examples:
  export PROLIFIC_TOKEN=...          # from Prolific: Settings > API tokens
  prolific-exports workspaces
  prolific-exports collections --workspace WORKSPACE_ID
  prolific-exports download collection ID
  prolific-exports download collection ID --table answers.parquet
  prolific-exports show ID-export-20260320-103000.zip
  prolific-exports table ID-export-20260320-103000.zip answers.csv

environment:
  PROLIFIC_TOKEN  API token. There is no option for it: other users can see
                  command lines, and shells keep them in their history.
  PROLIFIC_TOKEN_FILE
                  file with the API token, if PROLIFIC_TOKEN is not set, such as
                  a secret of Docker or Kubernetes
  PROLIFIC_PROFILE
                  profile to use without --profile
  PROLIFIC_URL    base URL of the API (default: https://api.prolific.com)
  NO_COLOR        any value switches colours off
  HTTPS_PROXY, ALL_PROXY
                  proxy to use
  NO_PROXY        servers to reach without a proxy, separated by commas: names,
                  .suffixes, addresses, networks such as 10.0.0.0/8. This
                  machine is always reached without one.
  SSL_CERT_FILE, SSL_CERT_DIR
                  certificate authorities to trust instead of the bundled ones.
                  If unset, REQUESTS_CA_BUNDLE and then CURL_CA_BUNDLE apply.

tokens and profiles:
  The token comes from the profile if it names a source, else from
  PROLIFIC_TOKEN, PROLIFIC_TOKEN_FILE or the system's password store (see
  login --help). A profile is a table in the file
  ~/.config/prolific-exports/config.toml (on macOS in ~/Library/Application
  Support, on Windows in %APPDATA%; in XDG_CONFIG_HOME if set):
    [profiles.lab]
    url = "https://api.prolific.com"
    workspace = "WORKSPACE_ID"    # for collections and batches
    token_env = "LAB_TOKEN"       # or token_file = "PATH"
                                  # or token_keyring = true
  The file never contains a token.

exit codes:
  0    success
  1    failed
  2    wrong usage: bad arguments, no token, malformed id; nothing was sent
  3    timed out: the export was not ready in time, but continues at Prolific
  4    storage problem: disk full, read-only, over quota or disconnected
  130  interrupted (Ctrl-C)
If the command can be resumed, it prints how.
With several ids: 1 if any failed for another reason than storage, else 4 if
any failed, else 3 if any timed out, else 0.

JSON:
  --json is accepted before and after the name of the command. stdout then has
  one JSON object, also after an error and after wrong usage. Each has "version"
  (1; it grows when a member is removed or changes its meaning) and "error":
  null, or {"type", "message", "hint", "retryable", "status", "code",
            "retry_after", "operation", "ref"}
  hint          the next step; null if only the message has it
  retryable     whether the same command may succeed later although you change
                nothing
  status, code  HTTP status and error code of the API's response
  retry_after   seconds that the server asks to wait
  operation     method and path template of the request
  ref           what the request was about: {"kind", "id", "export_id",
                "filter"}, or {"kind", "workspace_id"} for a list
  The last five are null where they do not apply. prolific-exports schema
  prints JSON Schemas of all these objects.

paths:
  ~ stands for your home folder, also in quotes. --overwrite replaces regular
  files only. If the path is a link to a file, that file is replaced and the
  link stays.
"""

WORKSPACES = """\
example:
  prolific-exports workspaces

output:
  stdout has a line of headings and a line per workspace: id and title. If
  there are none, stdout stays empty.

exit codes:
  0 success, 1 failed, 2 wrong usage, 130 interrupted

JSON:
  With --json, stdout has one JSON object, also after errors:
  {"workspaces": [{"id", "title", "description"}, ...], "error"}
  workspaces   those received, also after an error
  title, description
               null if Prolific has none
  error        what failed (see: prolific-exports --help), or null
"""

_RESOURCES = """\
example:
  prolific-exports {plural} --workspace WORKSPACE_ID

output:
  stdout has a line of headings and a line per {kind}: {columns}.
  If there are none, stdout stays empty.

exit codes:
  0 success, 1 failed, 2 wrong usage, 130 interrupted

JSON:
  With --json, stdout has one JSON object, also after errors:
  {{"workspace_id",
   "{plural}": [{{"kind", "id", "name", "status", "created_at",
                  "modified_at", "counts"}}, ...],
   "error"}}
  {plural:<12} those received, also after an error
  status       {status}
  created_at, modified_at
               date and time in ISO 8601; null if Prolific sends none
  counts       {counts}, each if Prolific sends it
  error        what failed (see: prolific-exports --help), or null
"""

RESOURCES = {
    "collection": _RESOURCES.format(
        kind="collection",
        plural="collections",
        columns="id, date, pages and name",
        status="null: collections have none",
        counts='{"items": number of pages}',
    ),
    "batch": _RESOURCES.format(
        kind="batch",
        plural="batches",
        columns="id, date, status, tasks and name",
        status='"UNINITIALISED", "PROCESSING", "READY" or "ERROR"',
        counts='{"tasks", "task_groups", "instructions"}',
    ),
}

EXTRACT = """\
example:
  prolific-exports extract ID-export-20260320-103000.zip data

The archive's top folder is left out: responses go to DIR/responses.jsonl. If a
file would be written outside of DIR, nothing is extracted.

renamed files:
  Some systems cannot store every name: Windows refuses some characters, names
  such as CON and a dot or space at the end; names can be too long; many
  systems treat Photo.jpg and photo.jpg as the same file. Such files get a safe
  name, the same on every system, and stderr lists them. --names strict refuses
  the archive instead.

output:
  stdout has DIR. stderr has the renamed files and the number of files that
  answers refer to but the archive lacks.

exit codes:
  0 success, 1 failed, 2 wrong usage, 4 storage problem, 130 interrupted

JSON:
  With --json, stdout has one JSON object, also after errors:
  {"extracted_to", "renamed": [{"from", "to"}, ...], "missing_files",
   "seconds", "error"}
  missing_files  number of files that answers refer to but the archive lacks;
                 null if the archive has no readable records
  error          what failed (see: prolific-exports --help), or null.
                 After an error, the other members are null.
"""

SHOW = """\
examples:
  prolific-exports show ID-export-20260320-103000.zip
  prolific-exports show ID-export-20260320-103000.zip --html answers.html

  The page loads nothing from the network, and no upload runs anything in it.
  Uploaded files too large for it are in the folder answers_files beside it:
  send both. It shows all submissions up to 20,000, and an even sample of more.
  Options come in the order of the codebook, if there is one beside the archive
  (see: prolific-exports codebook --help). Thumbnails of pictures need Pillow:
  pip install 'prolific-exports[media]'

exit codes:
  0 success, 1 failed, 2 wrong usage, 130 interrupted

JSON:
  With --json, stdout has one JSON object, also after errors:
  {"archive": {"kind", "id", "name", "exported_at", "submissions", "tasks",
               "participants", "unknown_records", "first_created_at",
               "last_created_at", "instructions": [INSTRUCTION, ...],
               "files", "files_size",
               "file_types": [{"suffix", "count", "size"}, ...],
               "missing_files", "renamed_files", "files_not_downloaded"},
   "page": {"path", "submissions", "shown", "questions", "files",
            "embedded_files", "folder", "missing_files", "cut"},
   "error"}
  INSTRUCTION    {"id", "type", "description", "answered", "missing", "odd",
                  "choices": [{"option", "count"}, ...], "other_choices",
                  "lengths": SPREAD or null, "numbers": [SPREAD, ...],
                  "not_numbers", "files", "examples"}
  SPREAD         {"count", "lowest", "lower_quartile", "median",
                  "upper_quartile", "highest", "unit"}
  archive        null after an error, and with --html
  page           null after an error, and without --html
  shown          number of submissions that the page shows
  folder         the folder with the uploaded files beside the page, or null
  cut            number of texts cut after 20,000 characters
  size           in bytes, as files_size
  odd            number of answers whose type or form is undocumented
  missing_files  number of files that answers refer to but the archive lacks
  renamed_files  number of files that extract renames, because some systems
                 cannot store their names
  files_not_downloaded
                 number of uploaded files that the archive lists and does not
                 contain, because of download --only responses
  error          what failed (see: prolific-exports --help), or null
"""

CODEBOOK = """\
examples:
  prolific-exports codebook collection ID
  prolific-exports codebook collection ID -o data.codebook.json
  prolific-exports codebook data.zip -o codebook.html

  An archive has the wording of each question, but not its options: Prolific
  knows them. download stores the codebook beside the archive, as
  data.codebook.json for data.zip. For an archive without it, use this command.
  Tidy tables then have all options in their order, even if never chosen.
  Without this file, the codebook of an archive is derived from its answers.

formats:
  .json  the codebook for programs and tables
  .csv   for spreadsheets: one row per option or unit of a question
  .html  one page to read and print

exit codes:
  0 success, 1 failed, 2 wrong usage, 4 storage problem, 130 interrupted

JSON:
  With --json, stdout has one JSON object, also after errors:
  {"codebook": {"version": 1, "source", "kind", "resource_id", "name",
                "questions": [{"id", "type", "wording", "options",
                               "answer_limit", "units", "required"}, ...]},
   "path", "error"}
  codebook       null after an error; OUT has the same object if it is .json
  source         api, or archive if it is derived from the answers
  answer_limit   how many options may be chosen; -1 or null for any number
  path           OUT, or null
  error          what failed (see: prolific-exports --help), or null
"""

TABLE = """\
examples:
  prolific-exports table export.zip answers.parquet
  prolific-exports table monday.zip tuesday.zip answers.csv --shape wide
  prolific-exports table export.zip - --formulas keep | head

formats:
  The name of OUT selects the format. CSV and JSON Lines need no library.
  .parquet, .arrow  pip install 'prolific-exports[tables]'
  .xlsx             Excel: pip install 'prolific-exports[excel]'
  .sav, .dta        SPSS, Stata: pip install 'prolific-exports[stats]'
  .csv, .jsonl      CSV, JSON Lines

shapes:
  long  one row per value: an answer, a chosen option or an uploaded file.
        With --missing, also one row per question without an entry, in which
        the column "missing" is true.
  wide  one row per submission, one column per instruction
  tidy  one row per submission, for analysis: one column per question, or per
        option if several can be chosen; numbers are numbers. What does not fit
        is counted on stderr, and is in the long table.

columns:
  With several archives, the first column is "source": the file name of the
  archive, or its path if several archives have the same name. Undocumented
  values are kept as JSON in the column "extra"; stderr has the number of rows
  that have some.

output:
  stdout has OUT. After an error, OUT is not written or keeps its old content.
  If OUT is -, stdout has the table itself once it is complete, and nothing
  after an error. On a terminal, control characters in answers are escaped. If
  the reader of stdout ends early, the exit code is still 0.

exit codes:
  0 success, 1 failed, 2 wrong usage, 4 storage problem, 130 interrupted

JSON:
  With --json, stdout has one JSON object, also after errors:
  {"table": {"path", "rows", "extras", "escaped", "missing_files",
             "renamed_files", "cut", "unfit", "sha256", "seconds"},
   "error"}
  table          null after an error
  extras         number of rows with undocumented values
  escaped        number of formulas escaped as text, see --formulas
  missing_files, renamed_files
                 with --files, else 0
  cut            number of texts that were cut to the limit of the format
  unfit          number of answers that do not fit the columns of a tidy table
  seconds        time that writing took
  error          what failed (see: prolific-exports --help), or null
"""

MCP = """\
The agent's program starts this command and talks to it on stdin and stdout. It
needs the package mcp: pip install 'prolific-exports[mcp]'

example:
  prolific-exports mcp /data/prolific

the same in the configuration of most agents:
  {"mcpServers": {"prolific": {
    "command": "prolific-exports",
    "args": ["mcp", "/data/prolific"],
    "env": {"PROLIFIC_TOKEN_FILE": "/run/secrets/prolific-token"}}}}

tools:
  list_workspaces, find_resources    workspaces, collections and batches
  start_export, get_export, list_exports, download_export
                                     exports; downloads go to DIR
  list_archives, summarise_archive, codebook, read_rows
                                     the archives in DIR
  delete_export                      only with --allow-delete

  No result contains the token. Answers of participants reach the agent and its
  provider: check that your ethics approval covers this.

exit codes:
  0 the agent's program has closed stdin, 1 failed, 2 wrong usage,
  130 interrupted
"""
