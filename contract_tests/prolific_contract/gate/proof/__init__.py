"""The proof of the gate: it detects every faulty server, and no conforming one violates a law."""

from typing import TYPE_CHECKING

from prolific_contract._lazy import lazy

if TYPE_CHECKING:
    from prolific_contract.gate.proof._catalogue import (
        CLEAN,
        LIVE_MUTANTS,
        BrokenLaw,
        MutantResult,
        VariantResult,
        every_mutant,
        every_variant,
        false_positives,
        laws_for,
        missed,
        proof_failures,
        run_mutant,
        run_mutant_live,
        run_variant,
        run_variant_live,
        unproved,
    )
    from prolific_contract.gate.proof._derived import (
        DerivedOutcome,
        DerivedResult,
        derived_failures,
        run_derived,
        sample,
        survivors,
        without_fault,
    )
    from prolific_contract.gate.proof._derived_page import derived_page, derived_summary
    from prolific_contract.gate.proof._detection_table import (
        detection_table,
        is_detected,
        row,
        summary,
    )
    from prolific_contract.gate.proof._in_process import Answering, InProcessTarget

__all__ = [
    "CLEAN",
    "LIVE_MUTANTS",
    "Answering",
    "BrokenLaw",
    "DerivedOutcome",
    "DerivedResult",
    "InProcessTarget",
    "MutantResult",
    "VariantResult",
    "derived_failures",
    "derived_page",
    "derived_summary",
    "detection_table",
    "every_mutant",
    "every_variant",
    "false_positives",
    "is_detected",
    "laws_for",
    "missed",
    "proof_failures",
    "row",
    "run_derived",
    "run_mutant",
    "run_mutant_live",
    "run_variant",
    "run_variant_live",
    "sample",
    "summary",
    "survivors",
    "unproved",
    "without_fault",
]

# Type checkers would otherwise accept any name.
if not TYPE_CHECKING:
    __getattr__ = lazy(
        __name__,
        _catalogue=(
            "BrokenLaw CLEAN LIVE_MUTANTS MutantResult VariantResult every_mutant "
            "every_variant false_positives laws_for missed proof_failures "
            "run_mutant run_mutant_live run_variant run_variant_live unproved"
        ),
        _derived=(
            "DerivedOutcome DerivedResult derived_failures run_derived sample survivors "
            "without_fault"
        ),
        _derived_page="derived_page derived_summary",
        _detection_table="detection_table is_detected row summary",
        _in_process="Answering InProcessTarget",
    )
