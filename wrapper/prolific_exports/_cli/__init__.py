"""The command ``prolific-exports``.

``_parser`` says what can be asked, ``_command`` runs one command line to its exit
code, and each subcommand has a module of its own (``_download``, ``_status``,
``_list``, ``_delete``, ``_extract``, ``_show``, ``_table``). Nothing but the parser is
imported for ``--help``, and not even that for ``--version``.
"""

import sys

# As typing.TYPE_CHECKING, without what importing typing costs.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from prolific_exports._model._clock import Clock


def run_process() -> int:
    """Run the command in a process that is its own: see `main`."""
    # pyarrow imports numpy where it finds it, which takes longer than a small table does. No
    # command needs it.
    sys.modules.setdefault("numpy", None)  # type: ignore[arg-type]  # how imports are made to fail
    return main()


def main(argv: "Sequence[str] | None" = None, *, clock: "Clock | None" = None) -> int:
    """Run the command.

    Args:
        argv: The arguments, by default those of the process.
        clock: Where the time comes from and how to wait; for tests.

    Returns:
        The exit code; ``--help`` lists them.
    """
    arguments = sys.argv[1:] if argv is None else list(argv)
    try:
        if arguments[:1] == ["--version"]:
            return _tell_version()
        from prolific_exports._cli._command import run  # noqa: PLC0415 - start-up time

        return run(arguments, clock)
    except KeyboardInterrupt:
        # While modules were still being imported: nothing had begun.
        return 130


def _tell_version() -> int:
    from prolific_exports._console import _streams as streams  # noqa: PLC0415 - start-up time
    from prolific_exports._version import __version__  # noqa: PLC0415

    try:
        streams.result(f"prolific-exports {__version__}")
    except streams.OutputError as error:
        from prolific_exports._cli._reports import complain  # noqa: PLC0415

        complain(error)
        return 1
    return 0
