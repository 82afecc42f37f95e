"""One module a subcommand: ``add_parser`` says what it takes, ``run`` does it.

``add_parser`` runs at every start of the command, so these modules import what
their work needs inside ``run``.
"""

from prolific_contract._commands import build, generate, import_, sandbox

ALL = (import_, build, generate, sandbox)
