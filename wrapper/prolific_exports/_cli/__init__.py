"""The command ``prolific-exports``.

``_parser`` defines the arguments, ``_command`` runs one command line, and each subcommand
has its own module. ``--help`` imports only the parser, and ``--version`` not even that.
"""

import sys

# As typing.TYPE_CHECKING, without what importing typing costs.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from prolific_exports._model._clock import Clock


def run_process() -> int:
    """Run the command as the only task of this process: see `main`."""
    # pyarrow imports numpy if it is installed, which takes longer than writing a small table.
    # No command needs numpy.
    sys.modules.setdefault("numpy", None)  # type: ignore[arg-type]  # makes the import fail
    return main()


def main(argv: "Sequence[str] | None" = None, *, clock: "Clock | None" = None) -> int:
    """Run the command.

    Args:
        argv: The arguments, by default those of the process.
        clock: Returns the time and sleeps; tests replace it.

    Returns:
        The exit code; ``--help`` lists them.
    """
    arguments = sys.argv[1:] if argv is None else list(argv)
    try:
        if arguments[:1] == ["--version"]:
            return _print_version()
        from prolific_exports._cli._command import run  # noqa: PLC0415 - start-up time

        return run(arguments, clock)
    except KeyboardInterrupt:
        # While Python imported modules: nothing has been done yet.
        return 130


def _print_version() -> int:
    from prolific_exports._console import _streams as streams  # noqa: PLC0415 - start-up time
    from prolific_exports._version import __version__  # noqa: PLC0415

    try:
        streams.print_result(f"prolific-exports {__version__}")
    except streams.OutputError as error:
        from prolific_exports._console._errors import print_error  # noqa: PLC0415

        print_error(error)
        return 1
    return 0
