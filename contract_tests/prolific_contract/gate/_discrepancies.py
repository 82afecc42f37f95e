"""Where the published documents contradict each other or the API: the numbers D-1 … of reports.

``documents/000`` to ``004`` are five pages of the documentation of 2026-03
(`prolific_contract.gate.reports._documents` has their addresses), the API reference is that
of edition 2026-11.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from attrs import frozen


@frozen
class Discrepancy:
    """One place where the documents contradict each other.

    Attributes:
        id: Number, e.g. ``D-4``.
        says: What the documents say, in our words.
        handling: How contract, gate and client handle it.
    """

    id: str
    title: str
    says: str
    handling: str


_ALL: Final = (
    Discrepancy(
        "D-1",
        "202 missing",
        "documents/002 and 004 describe a 202 for a job that was started, but have schemas only "
        "for 200 and 403; the published file has the same gap.",
        "The contract documents 202 for both export requests.",
    ),
    Discrepancy(
        "D-2",
        "always 202, or 200 or 202",
        "In edition 2026-03 a request gets 202, or 200 if a recent export is ready. In edition "
        "2026-11 it always gets 202.",
        "Both are accepted if no edition is enforced; edition 2026-11 has no 200.",
    ),
    Discrepancy(
        "D-3",
        "idempotency, filters, list, delete",
        "In edition 2026-03 a request is idempotent while an export is generated and when it is "
        "complete. In edition 2026-11 it joins only a job with the same filter that is still being "
        "generated, and jobs are filtered, listed, deleted and limited to ten.",
        "Laws of one edition are enforced only with that edition; the client works with both.",
    ),
    Discrepancy(
        "D-4",
        "validity of the URL",
        "documents/000, 002, 003 and 004 give a download URL 24 hours, documents/001 and the later "
        "pages one hour.",
        "The client relies on expires_at only, and replaces a URL that the store refuses. The gate "
        "accepts up to 24 hours, and at least five minutes for a new URL.",
    ),
    Discrepancy(
        "D-5",
        "Authorization twice",
        "Authorization is a required parameter of every operation, and a security scheme that no "
        "operation refers to.",
        "In the contract, every operation refers to the scheme, and the parameter is gone.",
    ),
    Discrepancy(
        "D-6",
        "format of export_id",
        "An export_id is a UUID in bodies and any text in paths (documents/000); the fixtures of "
        "the official CLI have ids that are not UUIDs.",
        "As documented: a UUID in bodies, any text in paths. The client accepts any text.",
    ),
    Discrepancy(
        "D-7",
        "states without export_id",
        "Only the state generating has an export_id; the documentation of another of Prolific's "
        "clients shows it in all states.",
        "The states complete and failed may have one, and need none.",
    ),
    Discrepancy(
        "D-8",
        "unions without discriminator",
        "The three states of an export are a union without a discriminator.",
        "In the contract, the discriminator is status.",
    ),
    Discrepancy(
        "D-9",
        "field errors",
        "Error details by field are documented as an object whose only member is literally named "
        "any_field.",
        "The contract allows members of any name, each with a list of texts.",
    ),
    Discrepancy(
        "D-10",
        "real error bodies",
        "The documents have one envelope for errors. The official CLI and its tests also handle "
        "two flat shapes, and envelopes without an error_code.",
        "The gate requires the documented envelope; the client also understands the others.",
    ),
    Discrepancy(
        "D-11",
        "4XX shown as 400",
        "The published file has 400 where the rendered pages have client errors in general.",
        "The contract keeps 400, and D-12 adds what is missing.",
    ),
    Discrepancy(
        "D-12",
        "statuses missing",
        "Export requests document only 403, and status requests only 404, although tokens, unknown "
        "ids and rate limits lead to other statuses.",
        "The contract has 401, 404 and 429 for every operation.",
    ),
    Discrepancy(
        "D-13",
        "403 or 401 and 404",
        "For a resource without access, the pages of operations have 403; a page on fundamentals "
        "has 401 or 404.",
        "All three are accepted where any document has one of them.",
    ),
    Discrepancy(
        "D-14",
        "operationIds and tags change",
        "The names of operations and their tags have changed three times.",
        "Operations are identified by method and path.",
    ),
    Discrepancy(
        "D-15",
        "schema names change",
        "Schemas were renamed with the product, and some names have spaces, which OpenAPI forbids.",
        "The import names them by its own rules.",
    ),
    Discrepancy(
        "D-16",
        "schema_version",
        "It is a number in some schemas and a text in others.",
        "The contract allows both.",
    ),
    Discrepancy(
        "D-17",
        "answers with more fields",
        "Answers in task responses have one documented field; the official CLI reads six more.",
        "Answers are open objects, and the client keeps the other fields.",
    ),
    Discrepancy(
        "D-18",
        "archive and API name fields differently",
        "What an archive calls option and values, the API calls value and answer.",
        "Each keeps its own names.",
    ),
    Discrepancy(
        "D-19",
        "collections and pages differ",
        "The published schemas of collections and pages lack members that the official clients "
        "send or read, and have members that these clients do not know.",
        "The objects are open, so nothing is added.",
    ),
    Discrepancy(
        "D-20",
        "import jobs with more fields",
        "The official CLI reads six members of an import job that are not documented.",
        "The objects are open, so nothing is added.",
    ),
    Discrepancy(
        "D-21",
        "trailing slashes",
        "One published path ends in a slash and similar ones do not; the official CLI says that "
        "the API accepts both forms.",
        "The contract has the paths as published; the sandbox accepts both forms.",
    ),
    Discrepancy(
        "D-22",
        "what the CLI can do",
        "A guide says that the official CLI can't filter, list or delete; its source can.",
        "This is about the CLI only, so nothing changes.",
    ),
    Discrepancy(
        "D-23",
        "command and file names",
        "The pages and the source of the official CLI have different names for its command and for "
        "the files that it writes.",
        "This is about the CLI only, so nothing changes.",
    ),
    Discrepancy(
        "D-24",
        "poll intervals",
        "documents/003 advises a poll every 3 to 5 seconds; another of Prolific's tools polls "
        "every 10 to 30.",
        "The gate and the client wait 3 to 5 seconds, the client only 1 and 2 at first.",
    ),
    Discrepancy(
        "D-25",
        "datapoints as JSON text",
        "The text of an operation asks for JSON Lines, and its schema for one JSON string.",
        "The contract has application/x-ndjson, and the client sends the given bytes unchanged.",
    ),
    Discrepancy(
        "D-26",
        "upload URL answers 201",
        "A GET is documented to return 201, and a guide shows fewer members than its schema has.",
        "The contract has it as published.",
    ),
    Discrepancy(
        "D-27",
        "types that grew",
        "Later pages have types of instructions and fields that the published file lacks, and a "
        "branch of the official CLI has one more type.",
        "Edition 2026-11 has them; the gate reports new values, and the clients keep them.",
    ),
    Discrepancy(
        "D-28",
        "deprecated instructions",
        "Three operations are deprecated in their text and headers, but not in the published file.",
        "The contract marks them as deprecated.",
    ),
    Discrepancy(
        "D-29",
        "Token and its space",
        "Newer pages show spaces around the word Token of the Authorization header.",
        "The header has the word, one space and the token.",
    ),
    Discrepancy(
        "D-30",
        "code samples",
        "Samples lack time limits, lose the token's placeholder, or send a Content-Type without a "
        "body.",
        "This is about samples only, so nothing changes.",
    ),
    Discrepancy(
        "D-31",
        "missing status schema on a page",
        "documents/001 shows one state as an example and no schema.",
        "The published file has the schema.",
    ),
    Discrepancy(
        "D-32",
        "HTML and Markdown differ",
        "The two forms of one page label errors differently and show different parts.",
        "The import reads the published file.",
    ),
)

DISCREPANCIES: Final[Mapping[str, Discrepancy]] = MappingProxyType({one.id: one for one in _ALL})
"""All of them by number."""
