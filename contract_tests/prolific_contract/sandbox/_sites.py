"""Which site a server serves: the clean one, a mutant or a variant."""

from prolific_contract.sandbox._clock import Clock
from prolific_contract.sandbox._errors import SandboxError
from prolific_contract.sandbox._settings import SandboxSettings
from prolific_contract.sandbox._site import Site


def make_site(
    settings: SandboxSettings | None,
    clock: Clock | None,
    mutant: str | None = None,
    variant: str | None = None,
) -> Site:
    """Make the site.

    Args:
        settings: How it behaves; None for the defaults.
        clock: Where it takes the time from; None for the machine's.
        mutant: Name of its fault.
        variant: Name of its look.

    Raises:
        SandboxError: There is no such mutant or variant, or both are given.
    """
    if mutant is not None and variant is not None:
        raise SandboxError("a sandbox is a mutant or a variant, not both: leave one out")
    # Most sandboxes are neither, and the catalogues take their time to import.
    if mutant is not None:
        from prolific_contract.sandbox import mutants  # noqa: PLC0415

        return mutants.MutatedSite(mutants.mutant(mutant), settings, clock)
    if variant is not None:
        from prolific_contract.sandbox import variants  # noqa: PLC0415

        return variants.VariantSite(variants.variant(variant), settings, clock)
    return Site(settings, clock)
