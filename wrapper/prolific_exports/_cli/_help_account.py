"""The texts of ``--help`` of ``login``, ``logout``, ``whoami`` and ``schema``."""

DOCUMENTS = (
    "batches",
    "codebook",
    "codebook_file",
    "collections",
    "delete",
    "download",
    "error",
    "extract",
    "list",
    "login",
    "logout",
    "show",
    "status",
    "sync",
    "table",
    "whoami",
    "workspaces",
)
"""The kinds of JSON that the command prints, by command; `_schemas` describes them."""

_ACCOUNT_JSON = """
JSON:
  With --json, stdout has one JSON object, also after errors:
  {"url", "profile", "token_source", "workspaces": [{"id", "title",
   "description"}, ...], "error"}
  url           base URL of the API; null after an error, like the others
  profile       null without one
  token_source  where the token comes from, as text; never the token
  error         what failed (see: prolific-exports --help), or null
"""

SESSION = {
    "login": """\
examples:
  prolific-exports login
  prolific-exports login < token.txt
  prolific-exports login --profile lab

The token is typed without being shown, or read from stdin. Quotes, white space
and the word Token around it are removed. It is stored only if the API accepts
it, for this server and profile. This needs: pip install
'prolific-exports[keyring]'

output:
  the same as that of: prolific-exports whoami

exit codes:
  0 success, 1 failed, 2 wrong usage, 130 interrupted
"""
    + _ACCOUNT_JSON,
    "logout": """\
examples:
  prolific-exports logout
  prolific-exports logout --profile lab

The token stays valid: to revoke it, delete it in Prolific's settings.

exit codes:
  0 success, also if no token is stored; 1 failed, 2 wrong usage,
  130 interrupted

JSON:
  With --json, stdout has one JSON object, also after errors:
  {"url", "profile", "removed", "error"}
  removed  whether there was a token; null after an error
  error    what failed (see: prolific-exports --help), or null
""",
    "whoami": """\
examples:
  prolific-exports whoami
  prolific-exports whoami --profile lab

output:
  stdout has the server, where the token comes from, and the workspaces that it
  gives access to. The token is never printed.

exit codes:
  0 success, 1 failed, 2 wrong usage, 130 interrupted
"""
    + _ACCOUNT_JSON,
}

SCHEMA = """\
examples:
  prolific-exports schema download
  prolific-exports schema | jq '.schemas | keys'

output:
  stdout has the JSON Schema (draft 2020-12) of what COMMAND prints with --json.
  COMMAND can be "error", for command lines without a valid command, and
  "codebook_file", for the file data.codebook.json that download stores beside
  data.zip. Without COMMAND, stdout has {"version", "schemas"} with all schemas
  by command.

exit codes:
  0 success, 2 wrong usage, 130 interrupted
"""
