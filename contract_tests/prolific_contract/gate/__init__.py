"""The conformance gate: records a conversation with a server and judges it by laws.

`check_live` and `check_recording` do what the command does. `judge` judges a trace.
"""

from typing import TYPE_CHECKING

from prolific_contract._lazy import lazy

if TYPE_CHECKING:
    from prolific_contract.gate._baseline import (
        Accepted,
        Baseline,
        read_baseline,
        stale,
        write_baseline,
    )
    from prolific_contract.gate._check import (
        Check,
        CheckUsageError,
        check_live,
        check_recording,
        pace_for,
    )
    from prolific_contract.gate._comparison import Comparison, comparison_of
    from prolific_contract.gate._discrepancies import DISCREPANCIES, Discrepancy
    from prolific_contract.gate._evidence import Evidence, evidence_of
    from prolific_contract.gate._judge import contract_of, judge
    from prolific_contract.gate._verdict import (
        Cell,
        CellState,
        DocumentedAnswer,
        Requirements,
        Unmet,
        Verdict,
        Violation,
    )

__all__ = [
    "DISCREPANCIES",
    "Accepted",
    "Baseline",
    "Cell",
    "CellState",
    "Check",
    "CheckUsageError",
    "Comparison",
    "Discrepancy",
    "DocumentedAnswer",
    "Evidence",
    "Requirements",
    "Unmet",
    "Verdict",
    "Violation",
    "check_live",
    "check_recording",
    "comparison_of",
    "contract_of",
    "evidence_of",
    "judge",
    "pace_for",
    "read_baseline",
    "stale",
    "write_baseline",
]

# Type checkers would otherwise accept any name.
if not TYPE_CHECKING:
    __getattr__ = lazy(
        __name__,
        _baseline="Accepted Baseline read_baseline stale write_baseline",
        _check="Check CheckUsageError check_live check_recording pace_for",
        _comparison="Comparison comparison_of",
        _discrepancies="DISCREPANCIES Discrepancy",
        _evidence="Evidence evidence_of",
        _judge="contract_of judge",
        _verdict="Cell CellState DocumentedAnswer Requirements Unmet Verdict Violation",
    )
