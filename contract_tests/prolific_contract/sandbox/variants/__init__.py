"""Conforming sandboxes that look different, for which a gate must report no violation.

`VARIANTS` maps names to variants. `VariantSite` is a sandbox with one of them, to call
in-process or to serve.
"""

from collections.abc import Mapping
from types import MappingProxyType

from prolific_contract.sandbox._lookup import look_up
from prolific_contract.sandbox.variants._archives import ARCHIVES
from prolific_contract.sandbox.variants._bodies import BODIES
from prolific_contract.sandbox.variants._job_histories import JOB_HISTORIES
from prolific_contract.sandbox.variants._job_management import JOB_MANAGEMENT
from prolific_contract.sandbox.variants._stores import STORES
from prolific_contract.sandbox.variants._transfers import TRANSFERS
from prolific_contract.sandbox.variants._variant import Variant, VariantSite

__all__ = ["VARIANTS", "Variant", "VariantSite", "variant"]

VARIANTS: Mapping[str, Variant] = MappingProxyType(
    {
        one.name: one
        for one in (*BODIES, *TRANSFERS, *JOB_HISTORIES, *JOB_MANAGEMENT, *STORES, *ARCHIVES)
    }
)


def variant(name: str) -> Variant:
    """Look up a variant by name.

    Raises:
        SandboxError: No variant has this name. The message suggests similar names.
    """
    return look_up("variant", name, VARIANTS)
