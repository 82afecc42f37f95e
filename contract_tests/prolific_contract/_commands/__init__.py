"""One module for each subcommand: ``add_parser`` declares its options, ``run`` runs it.

``add_parser`` runs at every start of the command, so these modules import their dependencies
inside ``run``.
"""

from prolific_contract._commands import (
    build,
    check,
    completion,
    demo,
    diff,
    discrepancies,
    generate,
    import_,
    laws,
    man,
    sandbox,
)

ALL = (check, laws, discrepancies, sandbox, demo, diff, import_, build, generate, completion, man)
