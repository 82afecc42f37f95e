"""Run the command as ``python -m prolific_exports``."""

import sys

from prolific_exports._cli import run_process

if __name__ == "__main__":
    sys.exit(run_process())
