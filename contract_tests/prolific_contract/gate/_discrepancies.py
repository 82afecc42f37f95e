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
        "documents/002 and 004 describe a 202 for a job that was started, and document the schemas "
        "of 200 and 403 alone; the published file has the same gap.",
        "The contract documents 202 for both export requests.",
    ),
    Discrepancy(
        "D-2",
        "always 202, or 200 or 202",
        "In edition 2026-03 a request is answered with 202, or with 200 if a recent export is "
        "ready. In edition 2026-11 the answer is always 202.",
        "Either counts where no edition is enforced; edition 2026-11 has no 200.",
    ),
    Discrepancy(
        "D-3",
        "idempotency, filters, list, delete",
        "In edition 2026-03 a request is idempotent while an export is generated and when it is "
        "complete. In edition 2026-11 it joins only a job with the same filter that is still being "
        "generated, and jobs are filtered, listed, deleted and limited to ten.",
        "Laws of one edition are enforced with that edition alone; the client works with both.",
    ),
    Discrepancy(
        "D-4",
        "validity of the URL",
        "documents/000, 002, 003 and 004 give a download URL 24 hours, documents/001 and the later "
        "pages one hour.",
        "Only expires_at counts, and the client replaces a URL that the store refuses. The gate "
        "accepts up to 24 hours, and no less than five minutes for a new URL.",
    ),
    Discrepancy(
        "D-5",
        "Authorization twice",
        "Authorization is a required parameter of every operation, and a security scheme that no "
        "operation refers to.",
        "The contract has the scheme, named by every operation.",
    ),
    Discrepancy(
        "D-6",
        "format of export_id",
        "An export_id is a UUID in bodies and any text in paths (documents/000); the fixtures of "
        "the official CLI hold ids that are no UUIDs.",
        "As documented: a UUID in bodies, any text in paths. The client takes any text.",
    ),
    Discrepancy(
        "D-7",
        "states without export_id",
        "Only the state generating has an export_id; documentation of another client of the "
        "vendor's shows it in all states.",
        "The states complete and failed need none, and may have one.",
    ),
    Discrepancy(
        "D-8",
        "unions without discriminator",
        "The three states of an export are a union without the member that tells them apart.",
        "The contract says that it is status.",
    ),
    Discrepancy(
        "D-9",
        "field errors",
        "Error details by field are documented as an object with one member of the literal name "
        "any_field.",
        "Any member name, each with a list of texts.",
    ),
    Discrepancy(
        "D-10",
        "real error bodies",
        "The documents have one envelope for errors. The official CLI and its tests know two flat "
        "shapes besides, and envelopes without an error_code.",
        "The gate asks for the documented envelope; the client understands the others, too.",
    ),
    Discrepancy(
        "D-11",
        "4XX shown as 400",
        "Where the published file has 400, rendered pages speak of client errors in general.",
        "400 stays 400, and D-12 adds what is missing.",
    ),
    Discrepancy(
        "D-12",
        "statuses missing",
        "Export requests document 403 alone and status requests 404 alone, although tokens, "
        "unknown ids and rate limits lead to others.",
        "401, 404 and 429 are documented everywhere.",
    ),
    Discrepancy(
        "D-13",
        "403 or 401 and 404",
        "For a resource without access, the pages of operations have 403; a page on fundamentals "
        "has 401 or 404.",
        "Any of the three counts where one document has it.",
    ),
    Discrepancy(
        "D-14",
        "operationIds and tags change",
        "The names of operations have changed three times, and their tags as well.",
        "Operations are known by method and path.",
    ),
    Discrepancy(
        "D-15",
        "schema names change",
        "Schemas were renamed with the product, and some names hold spaces, which OpenAPI forbids.",
        "The import renames them by a rule of its own.",
    ),
    Discrepancy(
        "D-16",
        "schema_version",
        "It is a number in some schemas and a text in others.",
        "The contract takes both.",
    ),
    Discrepancy(
        "D-17",
        "answers with more fields",
        "Answers in task responses have one documented field; the official CLI reads six more.",
        "Answers are open objects, whose further fields are kept.",
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
        "send or read, and have others that those do not know.",
        "Undocumented members of open objects are let be.",
    ),
    Discrepancy(
        "D-20",
        "import jobs with more fields",
        "The official CLI reads six members of an import job that are not documented.",
        "As D-19.",
    ),
    Discrepancy(
        "D-21",
        "trailing slashes",
        "One published path ends in a slash and its siblings do not; the official CLI says that "
        "the API accepts both forms.",
        "Paths stand as they were published; the sandbox accepts both.",
    ),
    Discrepancy(
        "D-22",
        "what the CLI can do",
        "A guide says that the official CLI can't filter, list or delete; its source can.",
        "It is about the CLI: nothing follows.",
    ),
    Discrepancy(
        "D-23",
        "command and file names",
        "Pages call the CLI's command and the files it writes by other names than its source.",
        "It is about the CLI: nothing follows.",
    ),
    Discrepancy(
        "D-24",
        "poll intervals",
        "documents/003 advises a poll every 3 to 5 seconds, another tool of the vendor's 10 to 30.",
        "The gate and the client keep to 3 to 5 seconds; 1 and 2 for the client's first polls.",
    ),
    Discrepancy(
        "D-25",
        "datapoints as JSON text",
        "The text of an operation asks for JSON Lines, its schema for one JSON string.",
        "The contract has application/x-ndjson, sent as it is.",
    ),
    Discrepancy(
        "D-26",
        "upload URL answers 201",
        "A GET is documented to answer 201, and a guide shows fewer members than its schema has.",
        "It stands as published.",
    ),
    Discrepancy(
        "D-27",
        "types that grew",
        "Later pages have types of instructions and fields that the published file lacks, and a "
        "branch of the official CLI has another.",
        "Edition 2026-11 has them; the gate reports new values, and the clients keep them.",
    ),
    Discrepancy(
        "D-28",
        "deprecated instructions",
        "Three operations are deprecated in their text and headers, and not in the published file.",
        "The contract marks them as deprecated.",
    ),
    Discrepancy(
        "D-29",
        "Token and its space",
        "Newer pages show spaces around the word Token of the Authorization header.",
        "The word, one space, the token.",
    ),
    Discrepancy(
        "D-30",
        "code samples",
        "Samples lack time limits, lose the token's placeholder, or send a Content-Type without a "
        "body.",
        "It is about samples: nothing follows.",
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
        "The published file is what is imported.",
    ),
)

DISCREPANCIES: Final[Mapping[str, Discrepancy]] = MappingProxyType({one.id: one for one in _ALL})
"""All of them by number."""
