"""The report as one self-contained HTML page."""

from prolific_contract.gate.reports._html._page import render

__all__ = ["render"]
