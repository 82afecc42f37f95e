"""One module a subcommand: ``add_parser`` says what it takes, ``run`` does it.

``add_parser`` runs at every start of the command, so these modules import what
their work needs inside ``run``.
"""

from prolific_contract._commands import (
    build,
    check,
    demo,
    diff,
    discrepancies,
    generate,
    import_,
    laws,
    sandbox,
)

ALL = (check, laws, discrepancies, sandbox, demo, diff, import_, build, generate)
