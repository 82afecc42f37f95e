"""Creates the site that a server serves: the clean sandbox, a mutant or a variant."""

from prolific_contract.sandbox._clock import SandboxClock
from prolific_contract.sandbox._errors import SandboxError
from prolific_contract.sandbox._resources import DEFAULT_EDITION
from prolific_contract.sandbox._settings import SandboxSettings
from prolific_contract.sandbox._site import Site


def make_site(
    settings: SandboxSettings | None,
    clock: SandboxClock | None,
    mutant: str | None = None,
    variant: str | None = None,
) -> Site:
    """Create the clean sandbox, a mutant or a variant.

    Args:
        settings: None uses the defaults.
        clock: None uses the machine's clock.
        mutant: Name of a mutant.
        variant: Name of a variant.

    Raises:
        SandboxError: The mutant or variant is unknown, or both are given.
    """
    if mutant is not None and variant is not None:
        raise SandboxError("a sandbox can't be both a mutant and a variant: choose one")
    # Imported on demand: the catalogues are slow to import, and most sandboxes need neither.
    if mutant is not None:
        from prolific_contract.sandbox import mutants  # noqa: PLC0415

        edition = settings.edition if settings is not None else DEFAULT_EDITION
        return mutants.MutatedSite(mutants.mutant(mutant, edition), settings, clock)
    if variant is not None:
        from prolific_contract.sandbox import variants  # noqa: PLC0415

        return variants.VariantSite(variants.variant(variant), settings, clock)
    return Site(settings, clock)
