"""``prolific-contract sandbox``."""

import argparse
import os
import shlex
import signal
import sys
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from prolific_contract._vocabulary import EDITIONS, JOB_LIMIT
from prolific_contract.sandbox import _resources as known

if TYPE_CHECKING:
    from prolific_contract.sandbox import Sandbox
    from prolific_contract.sandbox.mutants import Fault


def add_parser(subparsers: Any) -> None:
    """Register the subcommand."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "sandbox",
        help="serve a local stand-in for Prolific's export API",
        description=(
            "Serve a local stand-in for Prolific's export API until Ctrl-C: export jobs that\n"
            "take time, presigned URLs that expire, ZIP archives in the documented layout."
        ),
        epilog=_epilog(),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    option = parser.add_argument
    option(
        "--host", default="127.0.0.1", help="loopback address to listen on (default: %(default)s)"
    )
    option("--port", type=int, default=0, help="port to listen on (default: a free one)")
    option(
        "--edition",
        choices=EDITIONS,
        default=known.DEFAULT_EDITION,
        help="edition of the contract to follow (default: %(default)s)",
    )
    option("--token", default=known.DEFAULT_TOKEN, help="token to accept (default: %(default)s)")
    option(
        "--generation-seconds",
        type=float,
        metavar="SECONDS",
        default=known.DEFAULT_GENERATION_SECONDS,
        help="time to generate an export (default: %(default)s)",
    )
    lifetimes = ", ".join(f"{edition}: {s}" for edition, s in known.URL_LIFETIME_SECONDS.items())
    option(
        "--url-lifetime",
        type=int,
        metavar="SECONDS",
        help=f"lifetime of a presigned URL (default: {lifetimes})",
    )
    option(
        "--submissions",
        type=int,
        metavar="N",
        default=known.DEFAULT_SUBMISSIONS,
        help="submissions in an archive (default: %(default)s)",
    )
    option(
        "--files",
        type=int,
        metavar="N",
        default=known.DEFAULT_FILES,
        help="uploaded files in an archive (default: %(default)s)",
    )
    option(
        "--seed",
        type=int,
        metavar="N",
        default=known.DEFAULT_SEED,
        help="seed of the generated data (default: %(default)s)",
    )
    option(
        "--limit-status",
        type=int,
        choices=known.LIMIT_STATUSES,
        default=known.DEFAULT_LIMIT_STATUS,
        help=f"status of a request for job {JOB_LIMIT + 1} of a resource in edition 2026-11, "
        "which no document specifies (default: %(default)s)",
    )
    parser.add_argument(
        "--tls",
        action="store_true",
        help="serve https, with a certificate from a temporary authority",
    )
    _add_behaviours(parser.add_argument_group("servers for testing clients and gates"))
    parser.set_defaults(run=run)


def _add_behaviours(group: Any) -> None:
    one = group.add_mutually_exclusive_group()
    one.add_argument(
        "--mutant",
        metavar="NAME",
        help="serve a mutant: this fault and no other, e.g. date-naive@batch-status",
    )
    one.add_argument(
        "--variant",
        metavar="NAME",
        help="serve a variant: a conforming server that looks different, e.g. rate-limited",
    )
    one.add_argument(
        "--fault", metavar="NAME", help="disturb downloads from the store, e.g. short-body"
    )
    one.add_argument("--list-mutants", action="store_true", help="list the mutants and exit")
    one.add_argument("--list-variants", action="store_true", help="list the variants and exit")
    one.add_argument(
        "--list-faults", action="store_true", help="list the faults of downloads and exit"
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve until Ctrl-C or SIGTERM, then exit with 0."""
    from prolific_contract.sandbox import (
        Sandbox,
        SandboxSettings,
    )

    if arguments.list_mutants:
        _write(_list_of_mutants())
        return 0
    if arguments.list_variants:
        _write(_list_of_variants())
        return 0
    if arguments.list_faults:
        _write(_list_of_faults())
        return 0
    settings = SandboxSettings(
        edition=arguments.edition,
        token=arguments.token,
        generation_seconds=arguments.generation_seconds,
        url_lifetime_seconds=arguments.url_lifetime,
        submissions=arguments.submissions,
        files=arguments.files,
        seed=arguments.seed,
        limit_status=arguments.limit_status,
    )
    # Scripts stop a background server with SIGTERM: Ctrl-C does not reach it.
    previous = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with Sandbox(
            settings,
            host=arguments.host,
            port=arguments.port,
            mutant=arguments.mutant,
            variant=arguments.variant,
            fault=arguments.fault,
            tls=arguments.tls,
        ) as sandbox:
            _write(_announcement(sandbox, _behaviour(arguments), windows=os.name == "nt"))
            sandbox.serve_forever()
    except KeyboardInterrupt:
        _write("Stopped.\n")
    finally:
        signal.signal(signal.SIGTERM, previous)
    return 0


def _write(text: str) -> None:
    sys.stdout.write(text)
    # A script that starts the server in the background waits for the URL.
    sys.stdout.flush()


def _behaviour(arguments: argparse.Namespace) -> str:
    """Name and description of the chosen mutant, variant or fault; empty without one."""
    if arguments.mutant is not None:
        from prolific_contract.sandbox.mutants import mutant

        what, name, sentence = "mutant", arguments.mutant, mutant(arguments.mutant).sentence
    elif arguments.variant is not None:
        from prolific_contract.sandbox.variants import variant

        what, name, sentence = "variant", arguments.variant, variant(arguments.variant).sentence
    elif arguments.fault is not None:
        from prolific_contract.sandbox.faults import fault

        what, name, sentence = "fault", arguments.fault, fault(arguments.fault).sentence
    else:
        return ""
    return f"  {what:<10}  {name}\n{'':14}{sentence}.\n"


def _list_of_mutants() -> str:
    from prolific_contract.sandbox.mutants import FAULTS, TRIGGERS

    rarely = "".join(f"  -{trigger:<10} {text}\n" for trigger, text in TRIGGERS.items() if text)
    faults = "".join(
        f"{fault.name}\n  {fault.sentence}.\n  {', '.join(_places(fault))}\n" for fault in FAULTS
    )
    return (
        "Mutants are named FAULT@KIND-OPERATION, where KIND is batch or collection:\n"
        "  date-naive@batch-status\n"
        "Some faults also have intermittent forms, FAULT-WHEN@KIND-OPERATION:\n"
        f"{rarely}\nFaults, and the operations that can have them:\n\n{faults}"
    )


def _places(fault: "Fault") -> Iterator[str]:
    for action, editions in fault.places.items():
        also = fault.also.get(action, ())
        notes = [f"also {' '.join(f'-{trigger}' for trigger in also)}"] if also else []
        notes += [f"edition {one} only" for one in editions if len(editions) == 1]
        yield f"{action} ({'; '.join(notes)})" if notes else action


def _list_of_variants() -> str:
    from prolific_contract.sandbox.variants import VARIANTS

    return "".join(
        f"{one.name}\n  {one.sentence}{_editions(one.editions)}.\n" for one in VARIANTS.values()
    )


def _list_of_faults() -> str:
    from prolific_contract.sandbox.faults import FAULTS

    return "".join(f"{one.name}\n  {one.sentence}.\n" for one in FAULTS.values())


def _editions(editions: Sequence[str]) -> str:
    return "" if len(editions) > 1 else f" (edition {editions[0]} only)"


def _announcement(sandbox: "Sandbox", behaviour: str = "", *, windows: bool) -> str:
    variables = {"PROLIFIC_URL": sandbox.url, "PROLIFIC_TOKEN": sandbox.token}
    certificate = ""
    if sandbox.certificate_file is not None:
        variables["SSL_CERT_FILE"] = str(sandbox.certificate_file)
        certificate = f"  authority   {sandbox.certificate_file}\n"
    command = f"prolific-exports download collection {sandbox.collection_id}"
    if windows:
        settings = [f"$env:{name} = {_powershell_quoted(v)};" for name, v in variables.items()]
    else:
        settings = [f"{name}={shlex.quote(v)}" for name, v in variables.items()]
    line = " ".join([*settings, command])
    return (
        f"Sandbox of edition {sandbox.settings.edition} (Ctrl-C stops it)\n"
        f"  URL         {sandbox.url}\n"
        f"  token       {sandbox.token}\n"
        f"  collection  {sandbox.collection_id}\n"
        f"  batch       {sandbox.batch_id}\n"
        f"{certificate}{behaviour}"
        "Try it in another terminal:\n"
        f"  {line}\n"
    )


def _powershell_quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _epilog() -> str:
    lines = ["known ids:"]
    for fate, meaning in known.FATE_MEANINGS.items():
        lines.append(f"  {meaning}")
        lines += [
            f"    {resource.kind:<10}  {resource.id}"
            for resource in known.KNOWN_RESOURCES
            if resource.fate is fate
        ]
    lines += [
        "all other ids get 404",
        "",
        "workspaces:",
        *(f"  {workspace.id}  {workspace.title}" for workspace in known.WORKSPACES),
        "",
        "studies of every collection and batch, for the filter of edition 2026-11:",
        *(f"  {study_id}" for study_id in known.STUDIES),
        "",
        "Ctrl-C or SIGTERM stops the server: exit code 0. Exit code 2: it could not start.",
        "Needs starlette and uvicorn: pip install 'prolific-exports[contract]'",
    ]
    return "\n".join(lines)
