"""``prolific-contract check``."""

import argparse
import os
import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from prolific_contract._errors import DocumentError
from prolific_contract._vocabulary import EDITIONS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prolific_contract.gate._check import Check
    from prolific_contract.gate._verdict import Verdict
    from prolific_contract.gate.trace._exchanges import Exchange, Subject

# As in prolific_contract.gate.reports, which would take optional dependencies to import.
_FORMATS = ("html", "json", "junit", "sarif", "text")
_EDITIONS = ("auto", *EDITIONS)

_EPILOG = """\
what it does to a server:
  For each batch or collection that is given it sends some 40 requests, 85 where jobs are
  listed and deleted (edition 2026-11), and one poll every 4 seconds. At most 5 of them, 7
  with --edition 2026-11, can start an export, besides repetitions that the server asks for
  with 429; the others look, or are probes that have to be refused: without a token, with a
  malformed or wrong one, for ids that nobody has. Requests are spaced out, 429 and
  Retry-After are obeyed, and the whole check takes no longer than twice --max-wait and five
  minutes. Of an archive only the directory is read. The token goes to --target alone.

  Where jobs are listed and deleted, it deletes those that it certainly started, and no
  other. It leaves the last of a resource's ten places to others, and tells on stderr which
  jobs stay. With --edition 2026-03 it deletes nothing.

  Ctrl-C or SIGTERM ends the check without a verdict, once those jobs are deleted, which takes
  half a minute at most; Ctrl-C again leaves them.

  Edition 2026-03 gives a recent export again at once, and then there is no job to poll: most
  is learned with a batch or collection that was not exported lately.

  --profile full also sends methods that are not documented and requests that schemathesis
  makes up, about 25 more for each operation, and with --edition 2026-11 fills a resource up
  with jobs to see the eleventh refused: for staging and the sandbox, not for production.

exit codes:
  0    everything that was exercised conforms
  1    a law is broken that the baseline does not accept
  2    could not run, or nothing was proved: wrong usage, the target can't be reached, or no
       export's state was ever told
  130  interrupted

examples:
  PROLIFIC_TOKEN=... prolific-contract check --target https://api.prolific.com --collection ID
  prolific-contract check --target URL --batch ID --report junit=gate.xml --report html=gate.html
  prolific-contract check --har recorded.har --token T
"""


def add_parser(subparsers: Any) -> None:
    """Register the subcommand."""
    parser: argparse.ArgumentParser = subparsers.add_parser(
        "check",
        help="check whether a server, or a recording, keeps the contract",
        description="Check whether a server keeps the contract of the export API: hold one "
        "conversation with it, and judge that by laws. Or judge a conversation that somebody "
        "recorded.",
        epilog=_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _add_what(parser.add_argument_group("what to check"))
    _add_how(parser.add_argument_group("how to judge"))
    _add_output(parser.add_argument_group("what comes out"))
    parser.set_defaults(run=run)


def _add_what(group: Any) -> None:
    option = group.add_argument
    option("--target", metavar="URL", help="base URL of the API, e.g. https://api.prolific.com")
    option(
        "--token",
        help="API token (default: PROLIFIC_TOKEN, which is better: other users of the machine "
        "see the options of a command)",
    )
    option("--batch", metavar="ID", help="a batch to export")
    option("--collection", metavar="ID", help="a collection to export")
    option("--forbidden-batch", metavar="ID", help="a batch that the token has no access to")
    option(
        "--forbidden-collection", metavar="ID", help="a collection that the token has no access to"
    )
    option(
        "--profile",
        choices=("polite", "full"),
        default="polite",
        help="polite (default) is safe for production; see below",
    )
    option(
        "--har",
        type=Path,
        metavar="FILE",
        help="judge this recording (HAR) instead of a server; --target and --token, if given, "
        "tell which requests are the API's and which carry the token",
    )


def _add_how(group: Any) -> None:
    option = group.add_argument
    option(
        "--edition",
        choices=_EDITIONS,
        default="auto",
        help="edition of the contract to enforce; auto (default) judges what both share, and "
        "says which one the server follows",
    )
    option(
        "--max-wait",
        type=float,
        metavar="SECONDS",
        help="how long an export may take (default: 600, or what a recording says)",
    )
    option("--strict", action="store_true", help="fields that are not documented are violations")
    option(
        "--baseline",
        type=Path,
        metavar="FILE",
        help="known violations that do not fail the check",
    )
    option(
        "--update-baseline",
        action="store_true",
        help="write the violations that are found to the baseline, which accepts them from then on",
    )


def _add_output(group: Any) -> None:
    option = group.add_argument
    option(
        "--report",
        action="append",
        default=[],
        metavar="FORMAT=PATH",
        help=f"also write a report to a file; {', '.join(_FORMATS)}; can be given several times",
    )
    option(
        "--record",
        type=Path,
        metavar="FILE",
        help="write the conversation to a file (HAR), secrets redacted",
    )


def run(arguments: argparse.Namespace) -> int:
    """Check what the command line asks for."""
    from prolific_exports._files._destinations import expanded

    from prolific_contract.gate._baseline import Baseline, read_baseline
    from prolific_contract.gate._check import UsageError
    from prolific_contract.gate.reports import print_text, write_report
    from prolific_contract.gate.trace._har_writer import write_har
    from prolific_contract.spec._files import refuse_unwritable

    reports = [_report(value) for value in arguments.report]
    accepted: Path | None = arguments.baseline
    record: Path | None = arguments.record
    if arguments.har is not None and record is not None:
        raise UsageError("--record is for conversations with a server; --har has one already")
    if accepted is None and arguments.update_baseline:
        raise UsageError("--update-baseline needs the file: give it with --baseline")
    baseline = Baseline()
    if accepted is not None and (expanded(accepted).exists() or not arguments.update_baseline):
        baseline = read_baseline(accepted)
    files = [path for _, path in reports]
    files += [record] if record is not None else []
    files += [accepted] if accepted is not None and arguments.update_baseline else []
    for path in files:
        refuse_unwritable(path)
    verdict = _verdict(arguments, _check(arguments, baseline.fingerprints))
    # What was learned is not to be lost with a file, nor a file with a reader who has left.
    unwritten: list[DocumentError] = []
    if record is not None:
        with _kept(unwritten):
            write_har(record, verdict.trace)
    if accepted is not None and arguments.update_baseline:
        with _kept(unwritten):
            verdict = _update(accepted, baseline, verdict)
    for report_format, path in reports:
        with _kept(unwritten):
            write_report(report_format, verdict, path)
    print_text(verdict, sys.stdout)
    if unwritten:
        raise unwritten[0]
    return verdict.exit_code


@contextmanager
def _kept(errors: "list[DocumentError]") -> "Iterator[None]":
    try:
        yield
    except DocumentError as error:
        errors.append(error)


def _verdict(arguments: argparse.Namespace, check: "Check") -> "Verdict":
    from prolific_contract.gate._check import check_live, check_recording
    from prolific_contract.gate.conversation._recorder import InterruptedConversation

    if arguments.har is not None:
        return check_recording(check, arguments.har)
    line = _Line()
    # Whoever cancels a job of a CI system sends this one.
    previous = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        verdict, conversation = check_live(check, line.show)
    except InterruptedConversation as interrupted:
        line.clear()
        _tell(["interrupted: there is no verdict", *interrupted.notices])
        raise
    except KeyboardInterrupt:
        line.clear()
        left = "export jobs that the check started may be left, which prolific-exports list shows"
        _tell([f"interrupted; {left}"])
        raise
    finally:
        line.clear()
        signal.signal(signal.SIGTERM, previous)
    _tell(conversation.messages)
    return verdict


def _tell(remarks: "Iterable[str]") -> None:
    from prolific_contract.gate.reports._ci_logs import without_ci_commands

    for remark in remarks:
        print(f"prolific-contract: {without_ci_commands(remark)}", file=sys.stderr)


def _check(arguments: argparse.Namespace, accepted: frozenset[str]) -> "Check":
    from prolific_contract.gate._check import Check

    # A token that happens to be in the environment need not be that of a recording.
    ambient = None if arguments.har is not None else os.environ.get("PROLIFIC_TOKEN")
    token = ambient if arguments.token is None else arguments.token
    return Check(
        target=arguments.target and arguments.target.strip().rstrip("/"),
        token=token and token.strip(),
        subjects=tuple(_subjects(arguments)),
        edition=None if arguments.edition == "auto" else arguments.edition,
        max_wait=arguments.max_wait,
        profile=arguments.profile,
        strict=arguments.strict,
        accepted=accepted,
    )


def _subjects(arguments: argparse.Namespace) -> "list[Subject]":
    from prolific_contract._vocabulary import KINDS
    from prolific_contract.gate.trace._exchanges import Subject

    return [
        Subject(kind, value, forbidden=forbidden)
        for forbidden in (False, True)
        for kind in KINDS
        if (value := (getattr(arguments, f"{'forbidden_' * forbidden}{kind}") or "").strip())
    ]


def _report(value: str) -> tuple[str, Path]:
    from prolific_contract.gate._check import UsageError
    from prolific_contract.gate.reports import FORMATS

    report_format, equals, path = value.partition("=")
    if not (equals and path):
        raise UsageError(f"--report {value}: give FORMAT=PATH, e.g. junit=gate.xml")
    if report_format not in FORMATS:
        raise UsageError(
            f"--report {value}: there is no format {report_format!r}; choose "
            f"{', '.join(sorted(FORMATS))}"
        )
    return report_format, Path(path)


def _update(path: Path, baseline: Any, verdict: "Verdict") -> "Verdict":
    from attrs import evolve

    from prolific_contract.gate._baseline import write_baseline

    updated = baseline.updated(verdict)
    write_baseline(path, updated)
    return evolve(verdict, accepted=updated.fingerprints)


class _Line:
    """One line on a terminal that says how far the conversation is."""

    def __init__(self) -> None:
        from prolific_exports._console._streams import supports_escapes

        self._shown = supports_escapes(sys.stderr)

    def show(self, exchange: "Exchange") -> None:
        """Tell of an exchange."""
        if not self._shown:
            return
        from prolific_exports._model._redaction import redact

        operation = exchange.operation
        answer = exchange.response
        what = f"{operation.kind} {operation.action}" if operation else exchange.method
        state = f" {redact(answer.state)}" if answer is not None and answer.state else ""
        came = "no answer" if answer is None else f"{answer.status}{state}"
        seconds = exchange.at + exchange.took
        text = f"{exchange.index + 1} requests, {seconds:.0f} s: {what} -> {came}"
        # A state may be anything: no control characters, and no second line.
        text = "".join(character for character in text if character.isprintable())
        sys.stderr.write(f"\r\x1b[K{text[:78]}")
        sys.stderr.flush()

    def clear(self) -> None:
        """Leave the terminal as it was."""
        if self._shown:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
