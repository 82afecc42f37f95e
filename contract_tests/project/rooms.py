"""Which rooms of the packages may import which: one table for each package.

A room is a folder or module at the top of its package, or of the gate. A room may import
itself. Prefer removing an entry to adding one.
"""

SDK = "prolific_exports"
CONTRACT = "prolific_contract"
GATE = "prolific_contract.gate"

SDK_ROOMS = {
    "_version": set(),
    "_short_traceback": set(),
    "_base_errors": {"_short_traceback"},
    "_model": {"_base_errors", "_version"},
    "_errors": {"_base_errors", "_model"},
    "_events": {"_errors", "_model"},
    "_html": set(),
    "_files": {"_errors"},
    "_flows": {"_errors", "_events", "_model"},
    "_http": {"_errors", "_flows", "_model"},
    "_archive": {"_errors", "_files", "_model"},
    "_download": {"_archive", "_errors", "_events", "_files", "_flows", "_model"},
    "_tables": {"_archive", "_errors", "_files", "_model"},
    "_console": {"_errors", "_events", "_model"},
    "_page": {
        "_archive",
        "_console",
        "_errors",
        "_files",
        "_html",
        "_model",
        "_tables",
    },
    "_export_archive": {"_archive", "_console", "_errors", "_files", "_model", "_page", "_tables"},
    "_download_outcome": {"_errors", "_export_archive", "_model"},
    "_client_base": {
        "_archive",
        "_console",
        "_download",
        "_errors",
        "_events",
        "_files",
        "_flows",
        "_http",
        "_model",
    },
    "_export_job": {"_client_base", "_export_archive", "_http", "_model"},
    "_existing_jobs": {"_client_base", "_export_job", "_http", "_model"},
    "_export_resource": {
        "_client_base",
        "_download_outcome",
        "_events",
        "_existing_jobs",
        "_export_archive",
        "_export_job",
        "_flows",
        "_http",
        "_model",
    },
    "_sync": {
        "_archive",
        "_client_base",
        "_download",
        "_errors",
        "_events",
        "_files",
        "_flows",
        "_http",
        "_model",
        "_tables",
    },
    "_client": {
        "_client_base",
        "_download_outcome",
        "_events",
        "_existing_jobs",
        "_export_archive",
        "_export_resource",
        "_flows",
        "_http",
        "_model",
    },
    "_async_client": {
        "_client_base",
        "_download_outcome",
        "_events",
        "_export_archive",
        "_flows",
        "_http",
        "_model",
    },
    "_mcp": {
        "_archive",
        "_async_client",
        "_console",
        "_errors",
        "_events",
        "_export_archive",
        "_files",
        "_model",
        "_version",
    },
    "_cli": {
        "_archive",
        "_console",
        "_errors",
        "_files",
        "_flows",
        "_html",
        "_model",
        "_page",
        "_tables",
        "_version",
    },
    "testing": set(),
    "__main__": {"_cli"},
}
"""Rooms of the SDK, and the other rooms that each imports. Public names are free."""

CONTRACT_ROOMS = {
    "_lazy": set(),
    "_errors": set(),
    "_output": {"_errors"},
    "_paths": {"_errors"},
    "_vocabulary": set(),
    "spec": {"_errors", "_paths", "_vocabulary"},
    "sandbox": {"_errors", "_lazy", "_vocabulary", "spec"},
    "gate": {"_errors", "_lazy", "_vocabulary", "sandbox", "spec"},
    "diff": {"_errors", "spec"},
    "conformance": {"_errors", "_vocabulary", "gate", "pytest_plugin"},
    "recording": {"_vocabulary", "gate"},
    "pytest_plugin": {"_errors", "conformance", "gate", "recording", "sandbox"},
    "_commands": {
        "_errors",
        "_output",
        "_paths",
        "_vocabulary",
        "diff",
        "gate",
        "sandbox",
        "spec",
    },
    "cli": {"_commands", "_errors", "_output"},
    "__main__": {"cli"},
}
"""Rooms of the contract's tools, and the other rooms that each imports."""

GATE_ROOMS = {
    "trace": set(),
    "laws": {"trace"},
    "statements": {"laws"},
    "conversation": {"laws", "trace"},
    "_discrepancies": set(),
    "_evidence": {"laws", "trace"},
    "_verdict": {"_evidence", "laws", "trace"},
    "_judge": {"_verdict", "laws", "trace"},
    "_baseline": {"_verdict", "laws"},
    "_comparison": {"_baseline", "_verdict"},
    "_check": {"_judge", "_verdict", "conversation", "laws", "trace"},
    "proof": {"_judge", "_verdict", "conversation", "laws", "trace"},
    "reports": {
        "_baseline",
        "_comparison",
        "_discrepancies",
        "_evidence",
        "_verdict",
        "laws",
        "statements",
        "trace",
    },
}
"""Rooms of the gate, and the other rooms of the gate that each imports."""

SDK_ROOMS_OF_TOOLS = {
    "_commands": {"_console", "_files", "_model"},
    "_output": {"_console"},
    "_paths": {"_files"},
    "cli": {"_console"},
    "conformance": set(),
    "diff": {"_errors", "_flows", "_http", "_model"},
    "gate": {"_console", "_errors", "_flows", "_html", "_http", "_model", "_version"},
    "recording": {"_http", "_model"},
    "sandbox": {"_http", "_model"},
    "spec": {"_errors", "_files"},
}
"""Private rooms of the SDK that each room of the contract's tools imports.

Never ``_cli``, ``_client`` or ``_download``: the tools share the SDK's values, texts and
network settings, not its behaviour.
"""
