"""Traces: the exchanges of a conversation, which laws are functions of, and their HAR files."""

from typing import TYPE_CHECKING

from prolific_contract._lazy import lazy

if TYPE_CHECKING:
    from prolific_contract.gate.trace._exchanges import (
        INVALID_CREDENTIALS,
        MISSING,
        CheckProfile,
        Credential,
        Exchange,
        HttpResponse,
        RecordedOptions,
        Subject,
        Trace,
    )
    from prolific_contract.gate.trace._har_reader import parse_har, read_har
    from prolific_contract.gate.trace._har_writer import har_of, write_har

__all__ = [
    "INVALID_CREDENTIALS",
    "MISSING",
    "CheckProfile",
    "Credential",
    "Exchange",
    "HttpResponse",
    "RecordedOptions",
    "Subject",
    "Trace",
    "har_of",
    "parse_har",
    "read_har",
    "write_har",
]

# Type checkers would otherwise accept any name.
if not TYPE_CHECKING:
    __getattr__ = lazy(
        __name__,
        _exchanges=(
            "Credential Exchange HttpResponse INVALID_CREDENTIALS MISSING CheckProfile "
            "RecordedOptions Subject Trace"
        ),
        _har_reader="parse_har read_har",
        _har_writer="har_of write_har",
    )
