"""Export archives as the documents describe them; equal specs produce equal archives.

Collections follow the guide (documents/003): one root folder with
``responses.jsonl``, ``collection.json``, ``README.md`` and, only when there are
uploads, ``files/``. For batches only the names are published
(``responses-by-submission.jsonl``, ``responses-by-task.jsonl``, ``batch.json``,
``README.md``, ``files/``). The root folder's name and the layout of batch records
are therefore the sandbox's own, modelled on the collection's; the README in the
archive says so.

Equal specs produce byte-identical archives with the same zlib: every timestamp
comes from the spec, and permissions, member order and random choices are fixed.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from attrs import frozen
from prolific_exports._model._timestamps import parse_timestamp

from prolific_contract._vocabulary import Kind
from prolific_contract.sandbox._filter import NO_FILTER, JobFilter
from prolific_contract.sandbox._instructions import instructions_of
from prolific_contract.sandbox._questions import STUDIES
from prolific_contract.sandbox._random import SeededChoices
from prolific_contract.sandbox._resources import STUDIES as STUDY_IDS
from prolific_contract.sandbox._text import utc_timestamp
from prolific_contract.sandbox._uploads import Upload, make_upload

_UNIX = 3
_READABLE = 0o100644 << 16
_CHANCE_OF_SKIPPING = 0.12
_FIELD_PERIOD = timedelta(days=14)

RATERS_PER_TASK = 3
"""How many submissions answer one task of a batch."""

TASKS_PER_RATER = 3
"""How many tasks a submission to a batch answers."""

_Record = dict[str, Any]
_encode = json.JSONEncoder(ensure_ascii=False).encode


@frozen(kw_only=True)
class ArchiveSpec:
    """The input of an archive.

    Attributes:
        kind: Collection or batch.
        resource_id: Id of the collection or batch.
        exported_at: The time in the metadata and in the root folder's name; every
            submission is older.
        submissions: Number of submissions.
        files: Number of uploaded files; none without submissions.
        seed: Determines ids and answers.
        filter: Selects submissions. Their content does not depend on the filter.
    """

    kind: Kind
    resource_id: str
    exported_at: datetime
    submissions: int
    files: int
    seed: int
    filter: JobFilter = NO_FILTER

    @property
    def root(self) -> str:
        """The name of the archive's root folder."""
        return f"{self.kind}-export-{self.resource_id}-{self.exported_at:%Y%m%dT%H%M%S}"


def write_archive(spec: ArchiveSpec, target: IO[bytes]) -> None:
    """Write an archive. Memory use does not grow with the number of submissions.

    Args:
        spec: What to write.
        target: A binary file to write to, seekable.
    """
    writer = _Writer(spec)
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        writer.write_to(archive)


class _Writer:
    def __init__(self, spec: ArchiveSpec) -> None:
        self.spec = spec
        self.instructions = instructions_of(spec.kind, spec.resource_id, spec.seed)
        self.upload_id = next(
            one.id for one in self.instructions if one.question.type == "file_upload"
        )

    def write_to(self, archive: ZipFile) -> None:
        kind = self.spec.kind
        if kind == "collection":
            self._write_lines(archive, "responses.jsonl", self._collection_records())
        else:
            self._write_lines(archive, "responses-by-submission.jsonl", self._records_by_rater())
            self._write_lines(archive, "responses-by-task.jsonl", self._records_by_task())
        metadata = {
            f"{kind}_id": self.spec.resource_id,
            "name": STUDIES[kind].name,
            "exported_at": utc_timestamp(self.spec.exported_at),
            "instructions": [one.in_archive() for one in self.instructions],
        }
        self._write(archive, f"{kind}.json", json.dumps(metadata, indent=2).encode() + b"\n")
        self._write(archive, "README.md", _READMES[kind].format(root=self.spec.root).encode())
        for path, upload in self._files():
            self._write(archive, path, upload.content)

    # Submissions

    def _draw(self, *name: object) -> SeededChoices:
        return SeededChoices(self.spec.seed, self.spec.kind, self.spec.resource_id, *name)

    def _identity(self, index: int) -> _Record:
        """The members of a submission that do not depend on its answers."""
        draw = self._draw("submission", index)
        share = (index + draw.below(1000) / 1000) / self.spec.submissions
        # From midnight, so that all exports of a day have the same times; and no submissions on the
        # last day, so that every submission is older than the export.
        midnight = self.spec.exported_at.replace(hour=0, minute=0, second=0, microsecond=0)
        created_at = midnight - _FIELD_PERIOD + share * (_FIELD_PERIOD * 13 / 14)
        return {
            "submission_id": draw.object_id(),
            "participant_id": draw.object_id(),
            "created_at": utc_timestamp(created_at),
        }

    def _exported(self, first: int = 0, stop: int | None = None) -> Iterator[tuple[int, _Record]]:
        """Number and identity of the submissions that match the filter."""
        chosen = self.spec.filter
        for index in range(first, self.spec.submissions if stop is None else stop):
            identity = self._identity(index)
            if chosen == NO_FILTER or chosen.admits(
                self._draw("study", index).one(STUDY_IDS),
                # As in the record: whole seconds.
                parse_timestamp(identity["created_at"]).moment,
            ):
                yield index, identity

    def _uploads(self, index: int, identity: _Record) -> Iterator[tuple[str, Upload]]:
        """Path and content of each upload of a submission."""
        before = index * self.spec.files // self.spec.submissions
        after = (index + 1) * self.spec.files // self.spec.submissions
        for number in range(before, after):
            upload = make_upload(self._draw("upload", number), number)
            name = f"{identity['submission_id']}_{self.upload_id}_{number - before}"
            yield f"files/{name}.{upload.extension}", upload

    def _files(self) -> Iterator[tuple[str, Upload]]:
        for index, identity in self._exported():
            yield from self._uploads(index, identity)

    def _responses(self, draw: SeededChoices, uploads: Iterable[tuple[str, Upload]]) -> _Record:
        """The answers of one submission (to one task), by instruction id."""
        responses: _Record = {}
        for one in self.instructions:
            question = one.question
            if question.type == "file_upload":
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
                "collection_id": self.spec.resource_id,
                "created_at": identity["created_at"],
                "responses": self._responses(self._draw("answers", index), uploads),
            }

    def _records_by_rater(self) -> Iterator[_Record]:
        for index, identity in self._exported():
            panel = index // RATERS_PER_TASK
            yield {
                "submission_id": identity["submission_id"],
                "participant_id": identity["participant_id"],
                "batch_id": self.spec.resource_id,
                "created_at": identity["created_at"],
                "tasks": [
                    {"task_id": self._task_id(panel, task), "responses": responses}
                    for task, responses in enumerate(self._ratings(index, identity))
                ],
            }

    def _records_by_task(self) -> Iterator[_Record]:
        # Generated again instead of regrouped: a panel fits into memory, a batch may not.
        for first in range(0, self.spec.submissions, RATERS_PER_TASK):
            stop = min(first + RATERS_PER_TASK, self.spec.submissions)
            raters = list(self._exported(first, stop))
            panel = zip(*(self._ratings(*rater) for rater in raters), strict=True)
            for task, ratings in enumerate(panel):
                yield {
                    "task_id": self._task_id(first // RATERS_PER_TASK, task),
                    "batch_id": self.spec.resource_id,
                    "submissions": [
                        {**identity, "responses": responses}
                        for (_, identity), responses in zip(raters, ratings, strict=True)
                    ],
                }

    def _ratings(self, index: int, identity: _Record) -> list[_Record]:
        """The answers of one submission, task by task."""
        draw = self._draw("answers", index)
        # Uploads belong to the first task.
        uploads = [self._uploads(index, identity), *[()] * (TASKS_PER_RATER - 1)]
        return [self._responses(draw, files) for files in uploads]

    def _task_id(self, panel: int, task: int) -> str:
        return self._draw("task", panel, task).uuid()

    # Members

    def _member(self, name: str) -> ZipInfo:
        info = ZipInfo(f"{self.spec.root}/{name}", self.spec.exported_at.timetuple()[:6])
        info.compress_type = ZIP_DEFLATED
        info.create_system = _UNIX
        info.external_attr = _READABLE
        return info

    def _write(self, archive: ZipFile, name: str, content: bytes) -> None:
        archive.writestr(self._member(name), content)

    def _write_lines(self, archive: ZipFile, name: str, records: Iterable[_Record]) -> None:
        # zipfile must know in advance; a batch record takes about 3 KB.
        may_be_huge = self.spec.submissions > 200_000
        with archive.open(self._member(name), "w", force_zip64=may_be_huge) as member:
            for record in records:
                member.write(_encode(record).encode() + b"\n")


_COLLECTION_README = """\
# Collection export

Generated by the sandbox of prolific-exports. All answers are made up.

- `responses.jsonl`: one JSON object per line, for one submission. `responses` maps
  instruction ids to answers, and omits unanswered instructions.
- `collection.json`: the collection's name and its instructions.
- `files/`: the uploaded files, if there are any. The answers name each file by its
  path in this folder.

With pandas:

```python
import pandas as pd

submissions = pd.read_json("{root}/responses.jsonl", lines=True)
print(submissions["responses"].str.len().describe())
```
"""

_BATCH_README = """\
# Batch export

Generated by the sandbox of prolific-exports. All answers are made up.

The names of these files are those of a real batch export. The layout of the records
and the name of this folder are not published: here they are modelled on a collection's
export, and a real one may differ.

- `responses-by-submission.jsonl`: one JSON object per line, for one submission, with
  the answers to all its `tasks`.
- `responses-by-task.jsonl`: the same answers, with one line per task and all its
  `submissions`, to compare raters.
- `batch.json`: the batch's name and its instructions.
- `files/`: the uploaded files, if there are any. The answers name each file by its
  path in this folder.

With pandas:

```python
import pandas as pd

tasks = pd.read_json("{root}/responses-by-task.jsonl", lines=True)
print(tasks["submissions"].str.len().describe())
```
"""

_READMES = {"collection": _COLLECTION_README, "batch": _BATCH_README}
