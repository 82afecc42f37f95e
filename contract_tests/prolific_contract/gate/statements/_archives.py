"""What the documents state about archives: the download URL, the file and its directory."""

from typing import Final

from prolific_contract._vocabulary import Operation
from prolific_contract.gate.laws._observations import ARCHIVE
from prolific_contract.gate.statements._statement import Statement

_GUIDE: Final = "documents/003"
_BATCH_GUIDE: Final = "the guide to exporting batch data"
_BATCH: Final = (Operation("batch", "archive"),)
_COLLECTION: Final = (Operation("collection", "archive"),)

STATEMENTS: Final = (
    Statement(
        id="archive.method.get",
        says="GET of the URL downloads the archive.",
        source="documents/000, 001, 002, 003, 004",
        operations=ARCHIVE,
        laws=("value.archive", "value.range", "value.same-file", "shape.answered"),
    ),
    Statement(
        id="archive.access.presigned",
        says="The URL is presigned: it needs no token.",
        source="documents/000, 001, 002, 003, 004",
        operations=ARCHIVE,
        laws=("value.archive",),
    ),
    Statement(
        id="archive.time.until-expiry",
        says="The URL serves the archive until expires_at.",
        source="documents/000, 001, 002, 003, 004",
        operations=ARCHIVE,
        laws=("value.archive", "value.url-lasts"),
        discrepancies=("D-4",),
    ),
    Statement(
        id="archive.time.after-expiry",
        says="After expires_at, the URL no longer serves the archive.",
        source="documents/000, 001, 002, 003, 004",
        operations=ARCHIVE,
        unchecked=(
            "The shortest documented validity is an hour, and a check does not wait so long. "
            "Object stores also finish a transfer that began before."
        ),
        discrepancies=("D-4",),
    ),
    Statement(
        id="archive.limit.retry",
        says="A store that asks to repeat a request later answers it then.",
        source="RFC 9110, sections 10.2.3 and 15.6.4",
        operations=ARCHIVE,
        laws=("time.retry",),
    ),
    Statement(
        id="archive.field.zip",
        says="The archive is a ZIP file.",
        source="documents/000, 001, 002, 003, 004",
        operations=ARCHIVE,
        laws=("value.archive", "value.archive-intact"),
    ),
    Statement(
        id="archive.field.collection-members",
        says="A collection's archive has responses.jsonl and collection.json.",
        source=_GUIDE,
        operations=_COLLECTION,
        laws=("value.archive",),
    ),
    Statement(
        id="archive.field.batch-members",
        says=(
            "A batch's archive has responses-by-submission.jsonl, responses-by-task.jsonl and "
            "batch.json."
        ),
        source=_BATCH_GUIDE,
        operations=_BATCH,
        laws=("value.archive",),
    ),
    Statement(
        id="archive.field.readme",
        says="The archive has a README.md.",
        source=f"{_GUIDE}; {_BATCH_GUIDE}",
        operations=ARCHIVE,
        laws=("value.archive",),
    ),
    Statement(
        id="archive.field.root-folder",
        says=(
            "A collection's archive has one folder at its root: collection-export, an id and a "
            "time."
        ),
        source=_GUIDE,
        operations=_COLLECTION,
        laws=("value.archive-names",),
    ),
    Statement(
        id="archive.field.batch-root-folder",
        says="A batch's archive has a folder at its root.",
        source=_BATCH_GUIDE,
        operations=_BATCH,
        unchecked="The pages that can be read stop before its name.",
    ),
    Statement(
        id="archive.relation.root-folder",
        says="The folder's name has the id of the exported collection and the time of the job.",
        source=_GUIDE,
        operations=_COLLECTION,
        laws=("value.archive-names",),
    ),
    Statement(
        id="archive.field.uploads",
        says=(
            "Uploaded files are in files/, named after the submission, the instruction and a "
            "number."
        ),
        source=_GUIDE,
        operations=_COLLECTION,
        laws=("value.archive-names",),
    ),
    Statement(
        id="archive.field.uploads-folder",
        says="The folder files/ is present only if participants uploaded files.",
        source=f"{_GUIDE}; {_BATCH_GUIDE}",
        operations=ARCHIVE,
        unchecked=(
            "A ZIP file may list a folder by itself or only through its files, and the API does "
            "not say whether there are uploads."
        ),
    ),
    Statement(
        id="archive.identity.resource",
        says="The URL in an export's response serves the archive of that export.",
        source="documents/000, 001, 002, 003, 004",
        operations=ARCHIVE,
        laws=("value.archive-names", "value.archive-own"),
    ),
    Statement(
        id="archive.access.extraction",
        says="Extracting the archive takes no password, and puts every file at its own path.",
        source=_GUIDE,
        operations=ARCHIVE,
        laws=("value.archive-members",),
    ),
)
