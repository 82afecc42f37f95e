"""This project's command."""

import sys

from prolific_exports._cli import run_process

sys.argv[1:] = ["table", *sys.argv[1:]]
sys.exit(run_process())
