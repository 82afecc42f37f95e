"""JSON Schemas of the JSON that the command prints (draft 2020-12).

They permit members that they do not name, so that a newer command may print more.
"""

from types import MappingProxyType
from typing import Any, Final, TypeAlias

from prolific_exports._cli._json import VERSION

JsonSchema: TypeAlias = dict[str, Any]

_TEXT: Final[JsonSchema] = {"type": "string"}
_FLAG: Final[JsonSchema] = {"type": "boolean"}
_COUNT: Final[JsonSchema] = {"type": "integer", "minimum": 0}
_SECONDS: Final[JsonSchema] = {"type": "number", "minimum": 0}
_MOMENT: Final[JsonSchema] = {"type": "string", "format": "date-time"}
_SHA256: Final[JsonSchema] = {"type": "string", "pattern": "^[0-9a-f]{64}$"}


def _null_or(schema: JsonSchema) -> JsonSchema:
    return {"anyOf": [schema, {"type": "null"}]}


def _list(items: JsonSchema) -> JsonSchema:
    return {"type": "array", "items": items}


def _object(members: dict[str, JsonSchema], *, optional: bool = False) -> JsonSchema:
    schema: JsonSchema = {"type": "object", "properties": members}
    return schema if optional else {**schema, "required": list(members)}


_KIND: Final[JsonSchema] = {"enum": ["collection", "batch"]}
_FILTER: Final = _object({"study_id": _TEXT, "from": _MOMENT, "to": _MOMENT}, optional=True)
_REF: Final[JsonSchema] = {
    "anyOf": [
        _object(
            {
                "kind": _KIND,
                "id": _TEXT,
                "export_id": _null_or(_TEXT),
                "filter": _null_or(_FILTER),
            }
        ),
        _object(
            {
                "kind": {"enum": ["collection", "batch", "workspace"]},
                "workspace_id": _null_or(_TEXT),
            }
        ),
    ]
}
_ERROR: Final = _object(
    {
        "type": _TEXT,
        "message": _TEXT,
        "hint": _null_or(_TEXT),
        "retryable": _FLAG,
        "status": _null_or({"type": "integer"}),
        "code": _null_or({"type": "integer"}),
        "retry_after": _null_or(_SECONDS),
        "operation": _null_or(_TEXT),
        "ref": _null_or(_REF),
    }
)
_NO_ERROR: Final = _null_or({"$ref": "#/$defs/error"})
_RENAMED: Final = _null_or(_list(_object({"from": _TEXT, "to": _TEXT})))
_COMMAND: Final = _null_or(_list(_TEXT))


def _of_kind(members: dict[str, JsonSchema]) -> dict[str, JsonSchema]:
    """Members of a document about one collection or batch; null if the arguments are invalid."""
    return {"kind": _null_or(_KIND), "id": _null_or(_TEXT), **members}


_DOWNLOAD: Final = _object(
    {
        "kind": _KIND,
        "id": _TEXT,
        "export_id": _null_or(_TEXT),
        "status": {"enum": ["saved", "failed", "timed_out", "interrupted"]},
        "path": _null_or(_TEXT),
        "codebook": _null_or(_TEXT),
        "size": _null_or(_COUNT),
        "transferred": _null_or(_COUNT),
        "sha256": _null_or(_SHA256),
        "records": _null_or(_COUNT),
        "seconds": _null_or(
            _object(
                {
                    "waiting": _null_or(_SECONDS),
                    "transfer": _null_or(_SECONDS),
                    "total": _SECONDS,
                }
            )
        ),
        "resumed_from": _COUNT,
        "reused": {"enum": ["file", "job", None]},
        "extracted_to": _null_or(_TEXT),
        "renamed": _RENAMED,
        "missing_files": _null_or(_COUNT),
        "deleted": _null_or(_FLAG),
        "error": _NO_ERROR,
        "resume": _COMMAND,
    }
)
_JOB: Final = _object(
    {
        "export_id": _TEXT,
        "status": _TEXT,
        "created_at": _MOMENT,
        "filter": _null_or({"type": "object"}),
    }
)
_RESOURCE: Final = _object(
    {
        "kind": _KIND,
        "id": _TEXT,
        "name": _null_or(_TEXT),
        "status": _null_or(_TEXT),
        "created_at": _null_or(_MOMENT),
        "modified_at": _null_or(_MOMENT),
        "counts": {"type": "object", "additionalProperties": _COUNT},
    }
)
_WORKSPACE: Final = _object({"id": _TEXT, "title": _null_or(_TEXT), "description": _null_or(_TEXT)})
_SPREAD: Final = _object(
    {
        "unit": _TEXT,
        "count": _COUNT,
        "lowest": {"type": "number"},
        "lower_quartile": {"type": "number"},
        "median": {"type": "number"},
        "upper_quartile": {"type": "number"},
        "highest": {"type": "number"},
    }
)
_INSTRUCTION: Final = _object(
    {
        "id": _TEXT,
        "type": _null_or(_TEXT),
        "description": _null_or(_TEXT),
        "answered": _COUNT,
        "missing": _COUNT,
        "odd": _COUNT,
        "choices": _list(_object({"option": _TEXT, "count": _COUNT})),
        "other_choices": _COUNT,
        "lengths": _null_or(_SPREAD),
        "numbers": _list(_SPREAD),
        "not_numbers": _COUNT,
        "files": _COUNT,
        "examples": _list(_TEXT),
    }
)
_ARCHIVE: Final = _object(
    {
        "kind": _null_or(_KIND),
        "id": _null_or(_TEXT),
        "name": _null_or(_TEXT),
        "exported_at": _null_or(_MOMENT),
        "submissions": _COUNT,
        "tasks": _COUNT,
        "participants": _COUNT,
        "unknown_records": _COUNT,
        "first_created_at": _null_or(_MOMENT),
        "last_created_at": _null_or(_MOMENT),
        "instructions": _list(_INSTRUCTION),
        "files": _COUNT,
        "files_size": _COUNT,
        "file_types": _list(_object({"suffix": _TEXT, "count": _COUNT, "size": _COUNT})),
        "missing_files": _COUNT,
        "renamed_files": _COUNT,
        "files_not_downloaded": _COUNT,
    }
)
_PAGE: Final = _object(
    {
        "path": _TEXT,
        "submissions": _COUNT,
        "shown": _COUNT,
        "questions": _COUNT,
        "files": _COUNT,
        "embedded_files": _COUNT,
        "folder": _null_or(_TEXT),
        "missing_files": _COUNT,
        "cut": _COUNT,
    }
)
_TABLE: Final = _object(
    {
        "path": _TEXT,
        "rows": _COUNT,
        "extras": _COUNT,
        "escaped": _COUNT,
        "missing_files": _COUNT,
        "renamed_files": _COUNT,
        "cut": _COUNT,
        "unfit": _COUNT,
        "sha256": _null_or(_SHA256),
        "seconds": _SECONDS,
    }
)
_DELETION: Final = _object(
    {
        "id": _TEXT,
        "export_id": _TEXT,
        "outcome": {"enum": ["deleted", "would_delete", "kept", "generating", "failed"]},
        "deleted": _FLAG,
        "error": _NO_ERROR,
    }
)

_ACCOUNT: Final[dict[str, JsonSchema]] = {
    "url": _null_or(_TEXT),
    "profile": _null_or(_TEXT),
    "token_source": _null_or(_TEXT),
    "workspaces": _list(_WORKSPACE),
}

_QUESTION: Final = _object(
    {
        "id": _TEXT,
        "type": _null_or(_TEXT),
        "wording": _null_or(_TEXT),
        "options": _list(_TEXT),
        "answer_limit": _null_or({"type": "integer"}),
        "units": _list(_TEXT),
        "required": _null_or(_FLAG),
    }
)
_CODEBOOK: Final = _object(
    {
        "version": {"const": 1},
        "source": {"enum": ["api", "archive"]},
        "kind": _null_or({"enum": ["collection", "batch"]}),
        "resource_id": _null_or(_TEXT),
        "name": _null_or(_TEXT),
        "questions": _list(_QUESTION),
    }
)

_SYNCED: Final = _object(
    {
        "kind": _KIND,
        "id": _TEXT,
        "export_id": _null_or(_TEXT),
        "filter": _null_or(_FILTER),
        "workspace_id": _TEXT,
        "ending": {"enum": ["updated", "unchanged", "failed", "blocked", "skipped", "due"]},
        "rows": _COUNT,
        "submissions": _COUNT,
        "files": _COUNT,
        "size": _COUNT,
        "error": _NO_ERROR,
    }
)

_DOCUMENTS: Final[dict[str, dict[str, JsonSchema]]] = {
    "batches": {"workspace_id": _null_or(_TEXT), "batches": _list(_RESOURCE)},
    "codebook": {"codebook": _null_or(_CODEBOOK), "path": _null_or(_TEXT)},
    "collections": {"workspace_id": _null_or(_TEXT), "collections": _list(_RESOURCE)},
    "delete": _of_kind({"workspace_id": _null_or(_TEXT), "results": _list(_DELETION)}),
    "download": {
        "filter": _null_or(_FILTER),
        "only": {"enum": ["responses", None]},
        "results": _list(_DOWNLOAD),
        "table": _null_or(_TEXT),
        "table_summary": _null_or(_TABLE),
        "resume": _COMMAND,
    },
    "error": {},
    "extract": {
        "extracted_to": _null_or(_TEXT),
        "renamed": _RENAMED,
        "missing_files": _null_or(_COUNT),
        "seconds": _null_or(_SECONDS),
    },
    "list": _of_kind({"jobs": _null_or(_list(_JOB))}),
    "login": _ACCOUNT,
    "logout": {
        "url": _null_or(_TEXT),
        "profile": _null_or(_TEXT),
        "removed": _null_or(_FLAG),
    },
    "show": {"archive": _null_or(_ARCHIVE), "page": _null_or(_PAGE)},
    "status": _of_kind(
        {
            "export_id": _null_or(_TEXT),
            "status": _null_or({"enum": ["generating", "complete", "failed"]}),
            "expires_at": _null_or(_MOMENT),
        }
    ),
    "sync": {
        "target": _null_or(_TEXT),
        "dry_run": _FLAG,
        "resources": _list(_SYNCED),
        "not_due": _null_or(_COUNT),
        "unlisted": _list(_object({"workspace_id": _TEXT, "error": _NO_ERROR})),
        "jobs_left": _list(_object({"kind": _KIND, "id": _TEXT, "export_id": _null_or(_TEXT)})),
        "requests": _null_or(_COUNT),
        "rejected": _null_or(_COUNT),
        "seconds": _null_or(_SECONDS),
    },
    "table": {"table": _null_or(_TABLE)},
    "whoami": _ACCOUNT,
    "workspaces": {"workspaces": _list(_WORKSPACE)},
}


def _document(name: str, members: dict[str, JsonSchema]) -> JsonSchema:
    what = "an invalid command line" if name == "error" else f"prolific-exports {name}"
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": f"The JSON of {what}",
        **_object({"version": {"const": VERSION}, **members, "error": _NO_ERROR}),
        "$defs": {"error": _ERROR},
    }


_CODEBOOK_FILE: Final[JsonSchema] = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "title": "A codebook beside an archive: data.codebook.json for data.zip",
    **_CODEBOOK,
}

SCHEMAS: Final = MappingProxyType(
    {name: _document(name, members) for name, members in _DOCUMENTS.items()}
    | {"codebook_file": _CODEBOOK_FILE}
)
"""The schema of each document, by the name of the command; ``error`` if there is no command, and
``codebook_file`` for the file that ``download`` stores beside an archive."""
