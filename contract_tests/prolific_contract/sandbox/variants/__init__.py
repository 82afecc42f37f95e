"""Sandboxes that keep the contract and look different, to prove that a gate accuses none.

`VARIANTS` has every one by its name; `VariantSite` is one of them, to be called in-process or
to be served.
"""

from collections.abc import Mapping
from types import MappingProxyType

from prolific_contract.sandbox._by_name import named
from prolific_contract.sandbox.variants._bodies import BODIES
from prolific_contract.sandbox.variants._job_histories import COURSES
from prolific_contract.sandbox.variants._job_management import MANAGING
from prolific_contract.sandbox.variants._stores import STORES
from prolific_contract.sandbox.variants._transfers import TRANSFERS
from prolific_contract.sandbox.variants._variant import Variant, VariantSite

__all__ = ["VARIANTS", "Variant", "VariantSite", "variant"]

VARIANTS: Mapping[str, Variant] = MappingProxyType(
    {one.name: one for one in (*BODIES, *TRANSFERS, *COURSES, *MANAGING, *STORES)}
)


def variant(name: str) -> Variant:
    """The variant of that name.

    Raises:
        SandboxError: There is none; the message names those that look like it.
    """
    return named("variant", name, VARIANTS)
