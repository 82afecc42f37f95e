"""Run the command as ``python -m prolific_exports``."""

import sys

from prolific_exports._cli import main

if __name__ == "__main__":
    sys.exit(main())
