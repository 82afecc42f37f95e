"""One command line, from its arguments to its exit code."""

from importlib import import_module

from prolific_exports._cli import _exit_codes as exit_codes
from prolific_exports._cli._parser import CommandLineError, build_parser
from prolific_exports._console import _streams as streams
from prolific_exports._errors import ExportsError

# As typing.TYPE_CHECKING, without what importing typing costs.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from prolific_exports._model._clock import Clock


# The commands that have --json, and what makes it.
_REPORTS = {
    "download": "download",
    "extract": "extract",
    "list": "jobs",
    "show": "show",
    "status": "status",
}


def run(argv: list[str], clock: "Clock | None") -> int:
    """Run a command line and return its exit code.

    Errors that a user, a server or the system can cause end in a line on stderr and,
    if JSON was asked for, in one object on stdout.
    """
    try:
        arguments = build_parser().parse_args(argv)
        # Imported now, so that --help needs none of them.
        command = import_module(f"prolific_exports._cli._{arguments.command}")
        code: int = command.run(arguments, clock)
    except CommandLineError as error:
        streams.message(error.usage)
        return _end(error, argv)
    except (ExportsError, OSError, KeyboardInterrupt) as error:
        return _end(error, argv)
    return code


def _end(error: ExportsError | OSError | KeyboardInterrupt, argv: list[str]) -> int:
    from prolific_exports._cli import _reports as reports  # noqa: PLC0415 - start-up time

    reports.complain(error)
    report = _REPORTS.get(argv[0]) if "--json" in argv else None
    if report is not None and not isinstance(error, streams.OutputError):
        try:
            streams.result(getattr(reports, report)(error=error))
        except streams.OutputError as failure:
            reports.complain(failure)
    return exit_codes.of_error(error)
