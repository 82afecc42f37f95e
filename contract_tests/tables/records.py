"""Records and archives that tests of tables read."""

from typing import Any

KINDS = {
    "t": "free_text",
    "u": "free_text_with_unit",
    "c": "multiple_choice",
    "w": "multiple_choice_with_free_text",
    "f": "file_upload",
}
DESCRIBED = {"instructions": [{"id": k, "type": v, "description": k} for k, v in KINDS.items()]}


def answer(id_: str, **fields: Any) -> dict[str, Any]:
    """An answer to one of the instructions above, by the instruction's id."""
    return {id_: {"type": KINDS[id_], "description": id_, **fields}}


EVERYTHING = {
    **answer("t", value="2026-03-19"),
    **answer("u", value="5", unit="kg"),
    **answer("c", values=["a", "b"]),
    **answer("w", values=[{"option": "o", "explanation": "e"}]),
    **answer("f", files=[{"name": "n", "path": "files/p"}]),
}


def record(responses: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A submission with these answers."""
    return {
        "submission_id": "s",
        "participant_id": "p",
        "collection_id": "k",
        "created_at": "2026-03-19T10:30:00Z",
        "responses": responses,
        **fields,
    }


def values(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Rows without what identifies their submission."""
    identity = {"submission_id", "participant_id", "collection_id", "created_at"}
    return [{k: v for k, v in row.items() if k not in identity} for row in rows]
