"""This project's command."""

import runpy
import sys

sys.argv[1:] = ["table", *sys.argv[1:]]
runpy.run_module("prolific_exports", run_name="__main__", alter_sys=True)
