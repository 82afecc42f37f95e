"""Archives for tests of the page: a small study with every type of question."""

import io
import json
import struct
import wave
from pathlib import Path
from typing import Any

from archive.builders import json_lines, write_zip
from PIL import Image
from prolific_exports import Codebook, ExportArchive, Question
from prolific_exports._archive._codebook_file import codebook_path, write_codebook

ROOT = "collection-export-c1-20260320T100000/"
MEAL, TIME, OFTEN, TOOLS = "meal", "time", "often", "tools"
WHY, STARS, PHOTO = "why", "stars", "photo"
QUESTIONS = {
    MEAL: ("free_text", "Describe your last meal."),
    TIME: ("free_text_with_unit", "How long did it take?"),
    OFTEN: ("multiple_choice", "How often do you cook?"),
    TOOLS: ("multiple_choice", "What did you use?"),
    WHY: ("multiple_choice_with_free_text", "Why this recipe?"),
    STARS: ("star_rating", "How good was it?"),
    PHOTO: ("file_upload", "Upload files."),
}
CODEBOOK = Codebook(
    source="api",
    kind="collection",
    resource_id="c1",
    name="Meals",
    questions=(
        Question(id=OFTEN, options=("Daily", "Weekly", "Never"), answer_limit=1, required=True),
        Question(id=TOOLS, options=("Oven", "Hob", "Grill")),
        Question(id=TIME, units=("minutes", "hours")),
    ),
)


def answer(id_: str, **content: Any) -> dict[str, Any]:
    """An answer to a question of the study."""
    kind, wording = QUESTIONS[id_]
    return {"type": kind, "description": wording, **content}


def submission(number: int, **responses: Any) -> dict[str, Any]:
    """A submission; its participant has another one 4 numbers later."""
    return {
        "submission_id": f"s{number}",
        "participant_id": f"p{number % 4}",
        "collection_id": "c1",
        "created_at": f"2026-03-{1 + number % 20:02}T10:30:00Z",
        "responses": responses,
    }


def ordinary(number: int) -> dict[str, Any]:
    """A submission with an answer to most questions."""
    amount = str(10 * (number + 1)) if number % 2 else "1.5"
    return submission(
        number,
        meal=answer(MEAL, value=f"Soup number {number}"),
        time=answer(TIME, value=amount, unit="minutes" if number % 2 else "hours"),
        often=answer(OFTEN, values=["Weekly" if number % 3 else "Daily"]),
        tools=answer(TOOLS, values=["Hob", "Oven"][: 1 + number % 2]),
        why=answer(WHY, values=[{"option": "Taste", "explanation": f"Reason {number}"}]),
        stars=answer(STARS, value=str(1 + number % 5)),
    )


def picture(colour: str = "red", side: int = 8, kind: str = "PNG") -> bytes:
    """A small picture."""
    target = io.BytesIO()
    Image.new("RGB", (side, side), colour).save(target, kind)
    return target.getvalue()


def noise(side: int = 400) -> bytes:
    """A picture that is larger than a thumbnail."""
    target = io.BytesIO()
    Image.effect_noise((side, side), 80).save(target, "PNG")
    return target.getvalue()


def sound() -> bytes:
    """A tenth of a second of sound."""
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(struct.pack("<h", 1000) * 800)
    return target.getvalue()


def upload(number: int, **files: str) -> dict[str, Any]:
    """A submission that uploaded files, by their names on the participant's device."""
    listed = [{"name": name, "path": f"files/{path}"} for name, path in files.items()]
    return submission(number, photo=answer(PHOTO, files=listed))


def study(
    folder: Path,
    *records: Any,
    files: dict[str, bytes] | None = None,
    codebook: Codebook | None = CODEBOOK,
    name: str = "data.zip",
    title: str = "Meals",
) -> ExportArchive:
    """An archive with these records and files, and its codebook beside it."""
    instructions = [
        {"id": id_, "type": kind, "description": wording}
        for id_, (kind, wording) in QUESTIONS.items()
    ]
    metadata = {
        "collection_id": "c1",
        "name": title,
        "exported_at": "2026-03-20T10:00:00Z",
        "instructions": instructions,
    }
    members = {
        f"{ROOT}responses.jsonl": json_lines(*records),
        f"{ROOT}collection.json": json.dumps(metadata).encode(),
        **{f"{ROOT}files/{path}": content for path, content in (files or {}).items()},
    }
    path = write_zip(folder / name, members)
    if codebook is not None:
        write_codebook(codebook, codebook_path(path), overwrite=True)
    return ExportArchive.open(path)
