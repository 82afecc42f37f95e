"""The verdict as one HTML page that needs nothing besides itself."""

from prolific_contract.gate.reports._html._page import render

__all__ = ["render"]
