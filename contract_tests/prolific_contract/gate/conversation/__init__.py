"""The gate's conversation: what it sends to a server, and the recording of what it receives.

`record_conversation` carries out a `ConversationPlan` with a target.
"""

from typing import TYPE_CHECKING

from prolific_contract._lazy import lazy

if TYPE_CHECKING:
    from prolific_contract.gate.conversation._access_probes import BAD_CREDENTIALS, STRANGERS
    from prolific_contract.gate.conversation._export_requests import MOST_EXPORT_REQUESTS
    from prolific_contract.gate.conversation._generated_requests import generate_requests
    from prolific_contract.gate.conversation._http_target import LiveTarget
    from prolific_contract.gate.conversation._plan import (
        BRISK,
        CAREFUL,
        KNOWN_JOB,
        ConversationPlan,
        GeneratedRequest,
        Pace,
    )
    from prolific_contract.gate.conversation._recorder import (
        USER_AGENT,
        WRONG_TOKEN,
        Conversation,
        InterruptedConversation,
        Recorder,
        record_conversation,
    )
    from prolific_contract.gate.conversation._steps import ApiRequest, ArchiveRequest, Pause
    from prolific_contract.gate.conversation._targets import (
        BODY_LIMIT,
        NoResponseError,
        Target,
        TargetUnreachableError,
        TimedOutError,
    )

__all__ = [
    "BAD_CREDENTIALS",
    "BODY_LIMIT",
    "BRISK",
    "CAREFUL",
    "KNOWN_JOB",
    "MOST_EXPORT_REQUESTS",
    "STRANGERS",
    "USER_AGENT",
    "WRONG_TOKEN",
    "ApiRequest",
    "ArchiveRequest",
    "Conversation",
    "ConversationPlan",
    "GeneratedRequest",
    "InterruptedConversation",
    "LiveTarget",
    "NoResponseError",
    "Pace",
    "Pause",
    "Recorder",
    "Target",
    "TargetUnreachableError",
    "TimedOutError",
    "generate_requests",
    "record_conversation",
]

# Type checkers would otherwise accept any name.
if not TYPE_CHECKING:
    __getattr__ = lazy(
        __name__,
        _access_probes="BAD_CREDENTIALS STRANGERS",
        _export_requests="MOST_EXPORT_REQUESTS",
        _generated_requests="generate_requests",
        _http_target="LiveTarget",
        _plan="BRISK CAREFUL ConversationPlan GeneratedRequest KNOWN_JOB Pace",
        _recorder=(
            "Conversation InterruptedConversation Recorder USER_AGENT WRONG_TOKEN "
            "record_conversation"
        ),
        _steps="ApiRequest ArchiveRequest Pause",
        _targets="BODY_LIMIT NoResponseError Target TargetUnreachableError TimedOutError",
    )
