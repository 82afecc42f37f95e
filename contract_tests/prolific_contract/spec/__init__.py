"""The contract: importing what is published, correcting it, building and proving it.

`import_document` takes the structure out of a published document, `build` corrects it
by the overlay, and `load_contract` gives the result that everything else reads.
"""

from prolific_contract._vocabulary import EDITIONS, Edition
from prolific_contract.spec._build import Built, build, build_with_proof
from prolific_contract.spec._disjoint import Pair
from prolific_contract.spec._files import load_contract
from prolific_contract.spec._importer import import_document
from prolific_contract.spec._yaml import dump_yaml, load_yaml

__all__ = [
    "EDITIONS",
    "Built",
    "Edition",
    "Pair",
    "build",
    "build_with_proof",
    "dump_yaml",
    "import_document",
    "load_contract",
    "load_yaml",
]
