"""Imports the published document, corrects it and builds the contract.

`import_document` extracts the structure of a published document, and `build` applies the
overlay to it. `load_contract` returns the result, which everything else reads, and
`shipped_contract` that of one edition.
"""

from prolific_contract._vocabulary import EDITIONS, Edition
from prolific_contract.spec._build import Built, build, build_with_proof, shipped_contract
from prolific_contract.spec._disjoint import Pair
from prolific_contract.spec._files import (
    contract_text,
    load_contract,
    load_document,
    load_sources,
)
from prolific_contract.spec._importer import import_document
from prolific_contract.spec._yaml import dump_yaml, load_yaml

__all__ = [
    "EDITIONS",
    "Built",
    "Edition",
    "Pair",
    "build",
    "build_with_proof",
    "contract_text",
    "dump_yaml",
    "import_document",
    "load_contract",
    "load_document",
    "load_sources",
    "load_yaml",
    "shipped_contract",
]
