"""Export archives that look like those of the documents, the same for the same order.

Collections follow the guide (documents/003): one root folder with
``responses.jsonl``, ``collection.json``, ``README.md`` and, only when there are
uploads, ``files/``. For batches only the names are published
(``responses-by-submission.jsonl``, ``responses-by-task.jsonl``, ``batch.json``,
``README.md``, ``files/``). The root folder's name and the layout of batch records
are therefore the sandbox's own, modelled on the collection's, and the README in
the archive says so.

Equal orders give byte-identical archives as far as zlib does: every moment comes
from the order, and permissions, the order of members and random choices are fixed.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from attrs import frozen
from prolific_exports._model._timestamps import parse_timestamp

from prolific_contract._vocabulary import Kind
from prolific_contract.sandbox._filter import EVERYTHING, ExportFilter
from prolific_contract.sandbox._questions import FILE_UPLOAD, STUDIES, Question
from prolific_contract.sandbox._random import Draw
from prolific_contract.sandbox._resources import STUDIES as STUDY_IDS
from prolific_contract.sandbox._text import utc_timestamp
from prolific_contract.sandbox._uploads import Upload, make_upload

_UNIX = 3
_READABLE = 0o100644 << 16
_CHANCE_OF_SKIPPING = 0.12
_FIELD_PERIOD = timedelta(days=14)
_RATERS_PER_TASK = 3
_TASKS_PER_RATER = 3

_Record = dict[str, Any]
_encode = json.JSONEncoder(ensure_ascii=False).encode


@frozen(kw_only=True)
class ArchiveOrder:
    """What an archive is made from.

    Attributes:
        kind: Collection or batch.
        resource_id: Whose data it is.
        exported_at: The moment in metadata and in the root folder's name; every
            submission is older.
        submissions: How many submissions there are.
        files: How many uploaded files there are, if there are any submissions.
        seed: Another seed gives other ids and answers.
        filter: Which of the submissions are exported. They have in every export what they
            have in that of everything.
    """

    kind: Kind
    resource_id: str
    exported_at: datetime
    submissions: int
    files: int
    seed: int
    filter: ExportFilter = EVERYTHING

    @property
    def root(self) -> str:
        """The name of the archive's root folder."""
        return f"{self.kind}-export-{self.resource_id}-{self.exported_at:%Y%m%dT%H%M%S}"


def write_archive(order: ArchiveOrder, target: IO[bytes]) -> None:
    """Write an archive. Memory use does not grow with the number of submissions.

    Args:
        order: What to make.
        target: A binary file to write to, seekable.
    """
    writer = _Writer(order)
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        writer.write_to(archive)


@frozen
class _Asked:
    """A question with the id it has in this archive."""

    id: str
    question: Question

    def definition(self) -> _Record:
        stars = {"max_stars": self.question.stars} if self.question.stars else {}
        return {
            "id": self.id,
            "type": self.question.type,
            "description": self.question.description,
            **stars,
        }


class _Writer:
    def __init__(self, order: ArchiveOrder) -> None:
        self.order = order
        ids = self._draw("instructions")
        self.asked = tuple(_Asked(ids.uuid(), one) for one in STUDIES[order.kind].questions)
        self.upload_id = next(one.id for one in self.asked if one.question.type == FILE_UPLOAD)

    def write_to(self, archive: ZipFile) -> None:
        kind = self.order.kind
        if kind == "collection":
            self._write_lines(archive, "responses.jsonl", self._collection_records())
        else:
            self._write_lines(archive, "responses-by-submission.jsonl", self._records_by_rater())
            self._write_lines(archive, "responses-by-task.jsonl", self._records_by_task())
        metadata = {
            f"{kind}_id": self.order.resource_id,
            "name": STUDIES[kind].name,
            "exported_at": utc_timestamp(self.order.exported_at),
            "instructions": [one.definition() for one in self.asked],
        }
        self._write(archive, f"{kind}.json", json.dumps(metadata, indent=2).encode() + b"\n")
        self._write(archive, "README.md", _READMES[kind].format(root=self.order.root).encode())
        for path, upload in self._files():
            self._write(archive, path, upload.content)

    # Submissions

    def _draw(self, *name: object) -> Draw:
        return Draw(self.order.seed, self.order.kind, self.order.resource_id, *name)

    def _identity(self, index: int) -> _Record:
        """What every record says of a submission, whatever it answered."""
        draw = self._draw("submission", index)
        share = (index + draw.below(1000) / 1000) / self.order.submissions
        # The day before the export is kept free, so every submission is older than it.
        created_at = self.order.exported_at - _FIELD_PERIOD + share * (_FIELD_PERIOD * 13 / 14)
        return {
            "submission_id": draw.object_id(),
            "participant_id": draw.object_id(),
            "created_at": utc_timestamp(created_at),
        }

    def _exported(self, first: int = 0, stop: int | None = None) -> Iterator[tuple[int, _Record]]:
        """Number and identity of the submissions that the filter admits."""
        chosen = self.order.filter
        for index in range(first, self.order.submissions if stop is None else stop):
            identity = self._identity(index)
            if chosen == EVERYTHING or chosen.admits(
                self._draw("study", index).one(STUDY_IDS),
                # What the record says: whole seconds.
                parse_timestamp(identity["created_at"]).moment,
            ):
                yield index, identity

    def _uploads(self, index: int, identity: _Record) -> Iterator[tuple[str, Upload]]:
        """Path and file of each upload of a submission; its share of all files."""
        before = index * self.order.files // self.order.submissions
        after = (index + 1) * self.order.files // self.order.submissions
        for number in range(before, after):
            upload = make_upload(self._draw("upload", number), number)
            name = f"{identity['submission_id']}_{self.upload_id}_{number - before}"
            yield f"files/{name}.{upload.extension}", upload

    def _files(self) -> Iterator[tuple[str, Upload]]:
        for index, identity in self._exported():
            yield from self._uploads(index, identity)

    def _responses(self, draw: Draw, uploads: Iterable[tuple[str, Upload]]) -> _Record:
        """The answers of one submission (to one task), by instruction id."""
        responses: _Record = {}
        for one in self.asked:
            question = one.question
            if question.type == FILE_UPLOAD:
                files = [{"name": upload.name, "path": path} for path, upload in uploads]
                answer: _Record = {"files": files}
                skipped = not files
            else:
                answer = question.answer(draw)
                skipped = question.optional and draw.happens(_CHANCE_OF_SKIPPING)
            if not skipped:
                responses[one.id] = {
                    "type": question.type,
                    "description": question.description,
                    **answer,
                }
        return responses

    # Records

    def _collection_records(self) -> Iterator[_Record]:
        for index, identity in self._exported():
            uploads = self._uploads(index, identity)
            yield {
                "submission_id": identity["submission_id"],
                "participant_id": identity["participant_id"],
                "collection_id": self.order.resource_id,
                "created_at": identity["created_at"],
                "responses": self._responses(self._draw("answers", index), uploads),
            }

    def _records_by_rater(self) -> Iterator[_Record]:
        for index, identity in self._exported():
            panel = index // _RATERS_PER_TASK
            yield {
                "submission_id": identity["submission_id"],
                "participant_id": identity["participant_id"],
                "batch_id": self.order.resource_id,
                "created_at": identity["created_at"],
                "tasks": [
                    {"task_id": self._task_id(panel, task), "responses": responses}
                    for task, responses in enumerate(self._ratings(index, identity))
                ],
            }

    def _records_by_task(self) -> Iterator[_Record]:
        # Made anew instead of regrouped: a panel fits into memory, a batch may not.
        for first in range(0, self.order.submissions, _RATERS_PER_TASK):
            stop = min(first + _RATERS_PER_TASK, self.order.submissions)
            raters = list(self._exported(first, stop))
            panel = zip(*(self._ratings(*rater) for rater in raters), strict=True)
            for task, ratings in enumerate(panel):
                yield {
                    "task_id": self._task_id(first // _RATERS_PER_TASK, task),
                    "batch_id": self.order.resource_id,
                    "submissions": [
                        {**identity, "responses": responses}
                        for (_, identity), responses in zip(raters, ratings, strict=True)
                    ],
                }

    def _ratings(self, index: int, identity: _Record) -> list[_Record]:
        """The answers of one submission, task by task."""
        draw = self._draw("answers", index)
        # Whoever uploads does so with the first task.
        uploads = [self._uploads(index, identity), *[()] * (_TASKS_PER_RATER - 1)]
        return [self._responses(draw, files) for files in uploads]

    def _task_id(self, panel: int, task: int) -> str:
        return self._draw("task", panel, task).uuid()

    # Members

    def _member(self, name: str) -> ZipInfo:
        info = ZipInfo(f"{self.order.root}/{name}", self.order.exported_at.timetuple()[:6])
        info.compress_type = ZIP_DEFLATED
        info.create_system = _UNIX
        info.external_attr = _READABLE
        return info

    def _write(self, archive: ZipFile, name: str, content: bytes) -> None:
        archive.writestr(self._member(name), content)

    def _write_lines(self, archive: ZipFile, name: str, records: Iterable[_Record]) -> None:
        # zipfile must know beforehand; a record of a batch takes about 3 KB.
        may_be_huge = self.order.submissions > 200_000
        with archive.open(self._member(name), "w", force_zip64=may_be_huge) as member:
            for record in records:
                member.write(_encode(record).encode() + b"\n")


_COLLECTION_README = """\
# Collection export

Made by the export sandbox of prolific-exports; nobody was asked anything.

- `responses.jsonl`: one JSON object a line, one line a submission. `responses` maps
  instruction ids to answers; an instruction left unanswered is not there.
- `collection.json`: the collection's name and its instructions.
- `files/`: what participants uploaded, if anything. The answers name each file by
  its path in this folder.

With pandas:

```python
import pandas as pd

submissions = pd.read_json("{root}/responses.jsonl", lines=True)
print(submissions["responses"].str.len().describe())
```
"""

_BATCH_README = """\
# Batch export

Made by the export sandbox of prolific-exports; nobody was asked anything.

The names of these files are those of a real batch export. The layout of the records
and the name of this folder are not published: here they are modelled on a collection's
export, and a real one may differ.

- `responses-by-submission.jsonl`: one JSON object a line, one line a submission, with
  the answers to all its `tasks`.
- `responses-by-task.jsonl`: the same answers, one line a task, with all its
  `submissions`, to compare raters.
- `batch.json`: the batch's name and its instructions.
- `files/`: what participants uploaded, if anything. The answers name each file by
  its path in this folder.

With pandas:

```python
import pandas as pd

tasks = pd.read_json("{root}/responses-by-task.jsonl", lines=True)
print(tasks["submissions"].str.len().describe())
```
"""

_READMES = {"collection": _COLLECTION_README, "batch": _BATCH_README}
