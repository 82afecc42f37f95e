from datetime import datetime

import pytest
from prolific_contract.gate import judge
from prolific_contract.gate.conversation import ConversationPlan, record_conversation
from prolific_contract.gate.proof import InProcessTarget
from prolific_contract.gate.trace import Subject
from prolific_contract.sandbox import Fate, ManualClock, SandboxSettings
from prolific_contract.sandbox.mutants import MutatedSite, mutant

START = "2026-11-23T14:00:00+00:00"


@pytest.fixture(scope="session", params=["2026-03", "2026-11"])
def real_verdict(request):
    """A verdict on a sandbox with a fault, with everything that a conversation brings."""
    clock = ManualClock(datetime.fromisoformat(START))
    settings = SandboxSettings(submissions=2, files=1, edition=request.param)
    site = MutatedSite(mutant("error-flat@batch-request"), settings, clock)
    subjects = [Subject(kind, settings.id_of(kind)) for kind in ("batch", "collection")]
    subjects.append(Subject("batch", settings.id_of("batch", Fate.FORBIDDEN), forbidden=True))
    target = InProcessTarget(site, clock)
    base_url = "http://127.0.0.1:8000"
    trace = record_conversation(
        target, base_url, settings.token, ConversationPlan(tuple(subjects))
    ).trace
    return judge(trace, target=base_url)
