"""The arguments of the commands that set up a shell."""

from prolific_exports._cli._shared_arguments import add_json

# As typing.TYPE_CHECKING, without what importing typing costs.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from prolific_exports._cli._shared_arguments import Commands

_COMPLETION = """\
examples:
  eval "$(prolific-exports completion bash)"      # in ~/.bashrc
  eval "$(prolific-exports completion zsh)"       # in ~/.zshrc, after compinit
  prolific-exports completion tcsh > ~/.prolific.tcsh   # source it in ~/.tcshrc

It needs the package shtab: pip install 'prolific-exports[completion]'

exit codes:
  0 success, 2 wrong usage, or shtab is not installed, 130 interrupted
"""

_MAN = """\
examples:
  prolific-exports man | man -l -
  prolific-exports man > ~/.local/share/man/man1/prolific-exports.1

exit codes:
  0 success, 2 wrong usage, 130 interrupted
"""


def add_shell(commands: "Commands") -> None:
    """Add the subcommands ``completion`` and ``man``."""
    completion = commands.add_parser(
        "completion",
        help="print a script that completes commands in your shell",
        description="Print a script that completes commands, options and paths in your shell.",
        epilog=_COMPLETION,
    )
    # As in _console._completion, which --help does not import.
    completion.add_argument(
        "shell", choices=("bash", "zsh", "tcsh"), metavar="SHELL", help="bash, zsh or tcsh"
    )
    add_json(completion, "has no effect: the script is text")
    man = commands.add_parser(
        "man",
        help="print the manual page",
        description="Print the manual page, made from the same texts as --help.",
        epilog=_MAN,
    )
    add_json(man, "has no effect: the page is text")
