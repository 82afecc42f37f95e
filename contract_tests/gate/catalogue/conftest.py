import pytest
from helpers.mutant_client import MutantJobClient
from prolific_contract import KINDS


@pytest.fixture(params=KINDS)
def client_of(request):
    """Makes the client of a fault at an operation of either kind: ``delete-all@delete``."""
    return lambda fault: MutantJobClient(fault.replace("@", f"@{request.param}-"))
