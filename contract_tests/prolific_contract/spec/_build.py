"""Builds the contract: the published document with the overlay applied."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from attrs import frozen

from prolific_contract._errors import BuildError, DocumentError
from prolific_contract._vocabulary import EDITIONS, Edition
from prolific_contract.spec._components import Component, drop_unreachable
from prolific_contract.spec._disjoint import Pair, pairs
from prolific_contract.spec._files import load_sources
from prolific_contract.spec._overlay import apply, parse_overlay, select
from prolific_contract.spec._structure import outline
from prolific_contract.spec._validation import semantic_errors, structural_errors
from prolific_contract.spec._yaml import dump_yaml


@frozen
class Built:
    """A built contract, with the results of its checks."""

    document: dict[str, Any]
    edition: Edition | None
    dropped: list[Component]
    """Components that are unused after the overlay."""
    pairs: list[Pair]
    """All pairs of union branches: disjoint, or unproved with a reason."""

    @property
    def unproved(self) -> list[Pair]:
        """The pairs that could not be proved disjoint."""
        return [pair for pair in self.pairs if pair.verdict == "unproved"]

    @property
    def disjoint(self) -> list[Pair]:
        """The pairs that were proved disjoint."""
        return [pair for pair in self.pairs if pair.verdict == "disjoint"]

    def render(self) -> str:
        """The contract as YAML, with a header that names its sources and proofs."""
        edition = self.edition or f"the union of {' and '.join(EDITIONS)}"
        lines = [
            "Built by `prolific-contract build` from upstream.yaml and overlay.yaml.",
            "Correct it in overlay.yaml; changes here are lost and fail the check.",
            f"Edition: {edition}.",
            f"Pairs of oneOf branches proved disjoint: {len(self.disjoint)}.",
            *(f"Not proved: {pair}" for pair in self.unproved),
        ]
        return "".join(f"# {line}\n" for line in lines) + dump_yaml(self.document)


def build(upstream: Any, overlay: Any, edition: Edition | None = None) -> dict[str, Any]:
    """Build the contract of one edition, or the union of all editions.

    Args:
        upstream: The imported document, which describes edition 2026-03.
        overlay: The overlay document.
        edition: None builds the union.

    Raises:
        OverlayError: The overlay is malformed or one of its targets matches nothing.
        BuildError: The result is not a valid OpenAPI document, or branches of a union overlap.
    """
    return build_with_proof(upstream, overlay, edition).document


def build_with_proof(upstream: Any, overlay: Any, edition: Edition | None = None) -> Built:
    """As `build`, with the proof that the branches of every union are disjoint."""
    document = _corrected(upstream, overlay, edition)
    _refuse(structural_errors(document))
    try:
        dropped = drop_unreachable(document)
    except DocumentError as error:
        raise BuildError(f"the built contract is not valid: {error}") from error
    document = _ordered(document)
    _refuse(semantic_errors(document))
    judged = list(pairs(document))
    overlapping = [pair for pair in judged if pair.verdict == "overlapping"]
    if overlapping:
        raise BuildError(
            "branches of unions in the built contract overlap, so that clients refuse valid "
            "values:\n" + "\n".join(f"  {pair}" for pair in overlapping)
        )
    return Built(document, edition, dropped, judged)


@cache
def shipped_contract(edition: Edition) -> Mapping[str, Any]:
    """The contract of one edition, from the sources that are shipped with this package.

    The same as `build` returns, without its checks, which take a second: the tests build each
    edition from these sources. Callers must not change the result.

    Raises:
        DocumentError: The installation is incomplete.
    """
    document = _corrected(*load_sources(), edition)
    drop_unreachable(document)
    return _ordered(document)


def _corrected(upstream: Any, overlay: Any, edition: Edition | None) -> dict[str, Any]:
    corrected: dict[str, Any] = apply(upstream, select(parse_overlay(overlay), edition))
    return corrected


def _ordered(document: dict[str, Any]) -> dict[str, Any]:
    ordered: dict[str, Any] = outline(document, prose=True)
    return ordered


def _refuse(errors: list[str]) -> None:
    if errors:
        lines = "\n".join(f"  {error}" for error in errors)
        raise BuildError(f"the built contract is not valid OpenAPI 3.1:\n{lines}")
