"""Requests that schemathesis makes up from the contract, for the full profile.

It generates, nothing else: what is sent, when, and what the answers are worth, is the
conversation's and the laws' business like that of any other request.
"""

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlencode

from prolific_contract._errors import MissingDependencyError
from prolific_contract._vocabulary import KINDS, OPERATIONS, Operation
from prolific_contract.gate.conversation._plan import KNOWN_JOB, GeneratedRequest
from prolific_contract.gate.trace._exchanges import Subject

if TYPE_CHECKING:
    import schemathesis

EXAMPLES: Final = 12
"""So many requests are made up for each operation that keep to its schema, and as many that don't.

The API's parameters are ids in paths: more examples are more of the same.
"""

# Of those that keep to the schema; the others reach nothing but a refusal.
_KNOWN: Final = 0.8

_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_VALUE: Final = re.compile(r"(?:[!-~](?:[ -~]*[!-~])?)?")
_NOT_MADE_UP: Final = frozenset(
    {"authorization", "connection", "content-length", "expect", "host", "transfer-encoding"}
)


def generate_requests(
    contract: Mapping[str, Any],
    subjects: Sequence[Subject],
    *,
    seed: int = 1,
    examples: int = EXAMPLES,
) -> tuple[GeneratedRequest, ...]:
    """Requests for the export operations, the same for the same arguments.

    Args:
        contract: The built contract.
        subjects: Whose ids most requests are to hold; without them all would be refused.
        seed: Another one gives other requests.
        examples: How many for each operation, of each sort.

    Raises:
        MissingDependencyError: schemathesis is not installed.
    """
    schema = _schema(contract, subjects, seed)
    requests: list[GeneratedRequest] = []
    for operation in OPERATIONS:
        if operation.method.lower() not in contract["paths"].get(operation.template, {}):
            continue
        if any(one.kind == operation.kind for one in subjects):
            requests += _of_operation(schema, operation, seed, examples)
    return tuple(requests)


def _schema(contract: Mapping[str, Any], subjects: Sequence[Subject], seed: int) -> Any:
    try:
        import schemathesis  # noqa: PLC0415 - an optional dependency, and slow to import
    except ModuleNotFoundError as error:
        if error.name != "schemathesis":
            raise
        raise MissingDependencyError(
            "--profile full needs schemathesis, which is not installed: "
            "pip install 'prolific-exports[fuzz]', or leave it at --profile polite"
        ) from error
    ids = {kind: [one.id for one in subjects if one.kind == kind] for kind in KINDS}
    known = {kind: values for kind, values in ids.items() if values}
    config = schemathesis.Config.from_dict(
        {
            "dictionaries": {
                "job": {"values": [KNOWN_JOB]},
                **{kind: {"values": values} for kind, values in known.items()},
            },
            "parameters": {
                "path.export_id": {"dictionary": "job", "probability": 0.5},
                **{
                    f"path.{kind}_id": {"dictionary": kind, "probability": _KNOWN} for kind in known
                },
            },
            "generation": {"database": "none"},
            "seed": seed,
        }
    )
    return schemathesis.openapi.from_dict(dict(contract), config=config)


def _of_operation(
    schema: Any, operation: Operation, seed: int, examples: int
) -> list[GeneratedRequest]:
    from hypothesis import HealthCheck, Phase, given, settings  # noqa: PLC0415
    from hypothesis import seed as seeded  # noqa: PLC0415
    from schemathesis import GenerationMode  # noqa: PLC0415

    found: list[GeneratedRequest] = []
    for mode in GenerationMode:
        strategy = schema[operation.template][operation.method].as_strategy(generation_mode=mode)

        @seeded(seed)
        @settings(
            max_examples=examples,
            database=None,
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=[
                HealthCheck.data_too_large,
                HealthCheck.filter_too_much,
                HealthCheck.large_base_example,
                HealthCheck.too_slow,
            ],
        )
        @given(strategy)
        def collect(case: "schemathesis.Case[Any]") -> None:
            found.append(_made(case))

        collect()
    return found


def _made(case: "schemathesis.Case[Any]") -> GeneratedRequest:
    query = urlencode(case.query or {}, doseq=True, errors="replace")
    # Whose request it is and how it is framed, is not for a generator to make up, and what no
    # header can hold is never sent: it would look as if the server had not answered.
    headers = tuple(
        (name, value)
        for name, value in (case.headers or {}).items()
        if _NAME.fullmatch(name) and name.lower() not in _NOT_MADE_UP and _VALUE.fullmatch(value)
    )
    return GeneratedRequest(
        case.method, case.formatted_path + (f"?{query}" if query else ""), headers
    )
