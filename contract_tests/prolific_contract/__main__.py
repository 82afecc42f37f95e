"""Run the command as ``python -m prolific_contract``."""

import sys

from prolific_contract.cli import main

if __name__ == "__main__":
    sys.exit(main())
