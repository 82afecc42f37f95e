"""Runs one command line."""

from importlib import import_module

from prolific_exports._cli import _exit_codes as exit_codes
from prolific_exports._cli._parser import CommandLineError, parse
from prolific_exports._console import _streams as streams
from prolific_exports._errors import ExportsError

# As typing.TYPE_CHECKING, without what importing typing costs.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from prolific_exports._model._clock import Clock


# The function of _json that renders a subcommand's output.
_RENDERERS = {
    "batches": "batches",
    "codebook": "codebook",
    "collections": "collections",
    "delete": "delete",
    "download": "download",
    "extract": "extract",
    "list": "jobs",
    "login": "account",
    "logout": "logout",
    "show": "show",
    "status": "status",
    "sync": "sync",
    "table": "table",
    "whoami": "account",
    "workspaces": "workspaces",
}
# The subcommands that share a module.
_MODULES = {
    "workspaces": "find",
    "collections": "find",
    "batches": "find",
    "login": "session",
    "logout": "session",
    "whoami": "session",
}


def run(argv: list[str], clock: "Clock | None") -> int:
    """Run a command line and return its exit code.

    Errors of the user, the server and the system become one line on stderr and, with
    ``--json``, one object on stdout.
    """
    try:
        arguments = parse(argv)
        module = _MODULES.get(arguments.command, arguments.command)
        # Imported only now, because --help needs none of them.
        command = import_module(f"prolific_exports._cli._{module}")
        code: int = command.run(arguments, clock)
    except CommandLineError as error:
        streams.print_message(error.usage)
        return _fail(error, argv)
    except (ExportsError, OSError, KeyboardInterrupt) as error:
        return _fail(error, argv)
    return code


def _fail(error: ExportsError | OSError | KeyboardInterrupt, argv: list[str]) -> int:
    from prolific_exports._cli import _json as json_output  # noqa: PLC0415 - start-up time
    from prolific_exports._console._errors import print_error  # noqa: PLC0415

    print_error(error)
    # The arguments may be invalid: read them without the parser.
    options = argv[: argv.index("--")] if "--" in argv else argv
    if "--json" in options and not isinstance(error, streams.OutputError):
        command = next((word for word in argv if word in _RENDERERS), None)
        renderer = "failure" if command is None else _RENDERERS[command]
        try:
            streams.print_result(getattr(json_output, renderer)(error=error))
        except streams.OutputError as output_error:
            print_error(output_error)
    return exit_codes.of_error(error)
