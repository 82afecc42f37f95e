"""Whether a resource has room for another export job (edition 2026-11: ten at most, D-3)."""

from prolific_contract._vocabulary import JOB_LIMIT
from prolific_contract.gate.laws._jobs import is_request, resource_of
from prolific_contract.gate.laws._lists import lists_of
from prolific_contract.gate.trace._exchanges import Exchange, Trace


def may_be_full(trace: Trace, request: Exchange) -> bool:
    """Whether a refused request for an export may have been one too many.

    Without an earlier list of the resource, it may have been. A successful response must show
    that the resource exists.
    """
    if not is_request(request) or request.address is None:
        return False
    own = resource_of(request.address)
    listed = [
        one
        for one in lists_of(trace)
        if (one.kind, one.resource_id) == own and one.exchange.index < request.index
    ]
    if listed:
        since = sum(
            is_request(exchange)
            and listed[-1].exchange.index < exchange.index < request.index
            and exchange.address is not None
            and resource_of(exchange.address) == own
            for exchange in trace.exchanges
        )
        return len(listed[-1].entries) + since >= JOB_LIMIT
    return any(
        exchange.address is not None
        and resource_of(exchange.address) == own
        and exchange.response is not None
        and exchange.response.status < 300
        for exchange in trace.exchanges
    )
