"""Requests that schemathesis generates from the contract, for the full profile.

schemathesis only generates them. The conversation sends them, and the laws judge the responses,
as for any other request.
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
"""Number of valid requests for each operation, and of invalid ones.

The API's only parameters are ids in paths, so more examples would add little.
"""

# Probability of a known id in a valid request; unknown ids are always refused.
_KNOWN_ID_PROBABILITY: Final = 0.8

_NAME: Final = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")
_VALUE: Final = re.compile(r"(?:[!-~](?:[ -~]*[!-~])?)?")
_NOT_GENERATED: Final = frozenset(
    {"authorization", "connection", "content-length", "expect", "host", "transfer-encoding"}
)


def generate_requests(
    contract: Mapping[str, Any],
    subjects: Sequence[Subject],
    *,
    seed: int = 1,
    examples: int = EXAMPLES,
) -> tuple[GeneratedRequest, ...]:
    """Generate requests for the export operations; deterministic for equal arguments.

    Args:
        contract: The built contract.
        subjects: Most requests use the ids of these; with unknown ids all would be refused.
        seed: Random seed.
        examples: Number of valid, and of invalid, requests for each operation.

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
                    f"path.{kind}_id": {"dictionary": kind, "probability": _KNOWN_ID_PROBABILITY}
                    for kind in known
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
            found.append(_to_request(case))

        collect()
    return found


def _to_request(case: "schemathesis.Case[Any]") -> GeneratedRequest:
    query = urlencode(case.query or {}, doseq=True, errors="replace")
    # Generated headers must not change the identity or the framing of the request. Invalid header
    # values can't be sent, which would look like a server that does not respond.
    headers = tuple(
        (name, value)
        for name, value in (case.headers or {}).items()
        if _NAME.fullmatch(name) and name.lower() not in _NOT_GENERATED and _VALUE.fullmatch(value)
    )
    return GeneratedRequest(
        case.method, case.formatted_path + (f"?{query}" if query else ""), headers
    )
