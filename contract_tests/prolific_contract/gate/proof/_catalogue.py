"""The proof that the gate works: it detects every mutant and passes every conforming server.

Each of the sandbox's mutants has exactly one fault; its variants have none. The gate holds its
own conversation with each of them in every edition, in-process and on a simulated clock. Each
conversation is judged twice: by its edition, and by what both editions share.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias

from attrs import evolve, field, frozen

from prolific_contract._vocabulary import (
    EDITIONS,
    KINDS,
    MANAGEMENT_ACTIONS,
    Edition,
    Operation,
    path_of,
)
from prolific_contract.gate._judge import judge
from prolific_contract.gate._verdict import Verdict
from prolific_contract.gate.conversation._http_target import LiveTarget
from prolific_contract.gate.conversation._plan import (
    BRISK,
    CAREFUL,
    KNOWN_JOB,
    ConversationPlan,
    GeneratedRequest,
    Pace,
)
from prolific_contract.gate.conversation._recorder import Conversation, record_conversation
from prolific_contract.gate.laws import LAWS
from prolific_contract.gate.laws._law import Law
from prolific_contract.gate.proof._in_process import InProcessTarget
from prolific_contract.gate.proof._shared_observations import SHARED_LAWS
from prolific_contract.gate.trace._exchanges import CheckProfile, Subject
from prolific_contract.sandbox import Fate, ManualClock, Sandbox, SandboxSettings
from prolific_contract.sandbox._site import Site
from prolific_contract.sandbox.mutants import MUTANTS, Fault, Mutant, MutatedSite
from prolific_contract.sandbox.variants import VARIANTS, Variant, VariantSite

SiteFactory: TypeAlias = Callable[[SandboxSettings, ManualClock], Site]

_BASE_URL: Final = "http://127.0.0.1:8417"
_TOKEN: Final = "token-of-the-catalogue"  # noqa: S105 - opens nothing but these sandboxes
# Long enough for a third poll while a job is generated, short enough to judge many.
_SHORT: Final = 30.0
_LONG: Final = 600.0
# As they appear in paths: plain, path traversal, a NUL byte, and non-ASCII.
_ODD_IDS: Final = ("0", "%2E%2E", "a%2F%2Fb", "a%2F%2E%2E%2Fb", "%00", "%F0%9F%93%A6")
# In real seconds. A request that hangs takes as long as the longest wait for an export.
_GENERATION_LIVE: Final = 0.4
_WAIT_LIVE: Final = 1.5


@frozen(order=True)
class BrokenLaw:
    """A law that a server broke, and the operation that broke it."""

    law: str
    operation: Operation

    def __str__(self) -> str:
        """Law and operation, in words."""
        return f"{self.law} ({self.operation.kind} {self.operation.action})"


@frozen
class MutantResult:
    """The laws that a mutant broke in one edition.

    Attributes:
        name: Name of the mutant.
        enforced: Laws broken when the edition is enforced.
        shared: Laws broken when only the rules that both editions share are enforced.
    """

    name: str
    edition: Edition
    enforced: frozenset[BrokenLaw]
    shared: frozenset[BrokenLaw]

    @property
    def mutant(self) -> Mutant:
        """The mutant that was judged."""
        return MUTANTS[self.name]

    def detected_by(self, law: Law) -> bool:
        """Whether a law detects the fault at its operation, whichever edition is enforced."""
        expected = BrokenLaw(law.id, self.mutant.operation)
        # A server that lists and deletes incorrectly does not show that it supports either,
        # so without an edition those operations are not judged.
        needs_edition = bool(law.editions) or self.mutant.operation.action in MANAGEMENT_ACTIONS
        return expected in self.enforced and (needs_edition or expected in self.shared)

    def __str__(self) -> str:
        """Name and edition."""
        return f"{self.name} ({self.edition})"


@frozen
class VariantResult:
    """The gate's result for a conforming server in one edition.

    Attributes:
        server: Name of the variant.
        false_positives: One line for each wrong finding, in any setting; empty if the gate is
            right.
    """

    server: str
    edition: Edition
    false_positives: tuple[str, ...] = field(factory=tuple)


def laws_for(fault: Fault, operation: Operation, edition: Edition) -> list[Law]:
    """The laws that claim to detect a fault at an operation in an edition."""
    return [
        law
        for law in LAWS
        if fault.name in law.mutants
        and operation in law.operations
        and edition in (law.editions or EDITIONS)
    ]


def run_mutant(mutant: Mutant, edition: Edition) -> MutantResult:
    """Judge a mutant."""
    profile: CheckProfile = "polite"
    if any(law.profile == "full" and mutant.fault.name in law.mutants for law in LAWS):
        profile = "full"
    conversation = converse_with_mutant(mutant, edition, profile)
    return _mutant_result(mutant, edition, conversation, profile)


def converse_with_mutant(
    mutant: Mutant, edition: Edition, profile: CheckProfile, pace: Pace = BRISK
) -> Conversation:
    """Hold a conversation with a mutant, in-process."""
    settings = _settings(edition)
    plan = ConversationPlan(
        _subjects(settings), max_wait=_SHORT, pace=pace, profile=profile, edition=edition
    )
    return _converse(lambda given, clock: MutatedSite(mutant, given, clock), settings, plan)


def run_mutant_live(mutant: Mutant, edition: Edition) -> MutantResult:
    """Judge a mutant over a socket, which takes a few seconds."""
    return _mutant_result(mutant, edition, _converse_live(_settings(edition), mutant=mutant.name))


def _mutant_result(
    mutant: Mutant, edition: Edition, conversation: Conversation, profile: CheckProfile = "polite"
) -> MutantResult:
    def broken(asked: Edition | None) -> frozenset[BrokenLaw]:
        verdict = judge_conversation(
            conversation, asked, profile=profile, strict=mutant.fault.strict
        )
        return frozenset(BrokenLaw(one.law.id, one.operation) for one in verdict.violations)

    return MutantResult(mutant.name, edition, broken(edition), broken(None))


def run_variant(variant: Variant, edition: Edition) -> VariantResult:
    """Judge a variant in every setting."""
    settings = _settings(edition)
    # A server of the earlier edition must pass without operations that it does not have.
    asked = None if edition == "2026-03" else edition
    subjects = _subjects(settings)
    plan = ConversationPlan(
        subjects,
        max_wait=_LONG,
        pace=CAREFUL,
        profile="full",
        generated=tuple(_made_up(subjects)),
        edition=asked,
    )
    conversation = _converse(
        lambda settings, clock: VariantSite(variant, settings, clock), settings, plan
    )
    return _variant_result(variant, edition, conversation, "full")


def run_variant_live(variant: Variant, edition: Edition) -> VariantResult:
    """Judge a variant over a socket in every setting."""
    return _variant_result(
        variant, edition, _converse_live(_settings(edition), variant=variant.name)
    )


def _variant_result(
    variant: Variant, edition: Edition, conversation: Conversation, profile: CheckProfile = "polite"
) -> VariantResult:
    found = false_positives(
        conversation,
        edition,
        additive=variant.additive,
        inconclusive=variant.inconclusive,
        profile=profile,
    )
    return VariantResult(variant.name, edition, tuple(found))


def false_positives(
    conversation: Conversation,
    edition: Edition,
    *,
    additive: bool = False,
    inconclusive: bool = False,
    profile: CheckProfile = "polite",
) -> Iterator[str]:
    """Every way in which the gate judges a conforming server wrongly, one line each.

    A conversation that proves nothing counts as wrong, too.

    Args:
        conversation: A conversation with the server.
        edition: The edition that the server follows.
        additive: Whether the server sends undocumented members, which ``--strict`` may report.
        inconclusive: Whether the server gives too little evidence for a verdict.
        profile: The profile of the conversation.
    """
    if conversation.cut_short:
        yield f"the conversation ended early: {conversation.cut_short}"
    for asked in (None, edition):
        for strict in (False, True):
            verdict = judge_conversation(conversation, asked, profile=profile, strict=strict)
            setting = f"--edition {asked or 'auto'}{' --strict' if strict else ''}"
            if verdict.conclusive is inconclusive:
                yield f"{setting}: {'a verdict' if inconclusive else 'no verdict'}"
            if verdict.edition_found not in (None, edition):
                yield f"{setting}: taken for edition {verdict.edition_found}"
            for violation in verdict.violations:
                if not (strict and additive and violation.law.id == "shape.additive"):
                    broken = BrokenLaw(violation.law.id, violation.operation)
                    yield f"{setting}: {broken}: {violation.observations[0].seen}"


def _settings(edition: Edition) -> SandboxSettings:
    return SandboxSettings(
        edition=edition, token=_TOKEN, submissions=3, files=1, generation_seconds=3
    )


def _subjects(settings: SandboxSettings) -> tuple[Subject, ...]:
    return tuple(
        Subject(kind, settings.id_of(kind, fate), forbidden=fate is Fate.FORBIDDEN)
        for fate in (Fate.COMPLETES, Fate.FORBIDDEN)
        for kind in KINDS
    )


def _made_up(subjects: Iterable[Subject]) -> Iterator[GeneratedRequest]:
    """Requests like those that schemathesis generates, the same for every server."""
    for subject in subjects:
        path = path_of(subject.kind, subject.id)
        for export_id in (KNOWN_JOB, *_ODD_IDS):
            yield GeneratedRequest("GET", f"{path}/{export_id}")
        yield GeneratedRequest("POST", f"{path}?odd=")
    for kind in KINDS:
        for resource_id in _ODD_IDS:
            yield GeneratedRequest("POST", path_of(kind, resource_id))


def _converse(
    server: SiteFactory, settings: SandboxSettings, plan: ConversationPlan
) -> Conversation:
    clock = ManualClock()
    site = server(settings, clock)
    try:
        return record_conversation(InProcessTarget(site, clock), _BASE_URL, settings.token, plan)
    finally:
        site.close()


def _converse_live(
    settings: SandboxSettings, *, mutant: str | None = None, variant: str | None = None
) -> Conversation:
    settings = evolve(settings, generation_seconds=_GENERATION_LIVE)
    plan = ConversationPlan(
        _subjects(settings), max_wait=_WAIT_LIVE, pace=BRISK, edition=settings.edition
    )
    with Sandbox(settings, mutant=mutant, variant=variant) as sandbox, LiveTarget() as target:
        return record_conversation(target, sandbox.url, settings.token, plan)


def judge_conversation(
    conversation: Conversation,
    edition: Edition | None,
    *,
    profile: CheckProfile = "polite",
    strict: bool = False,
) -> Verdict:
    """Judge a conversation with one of the catalogue's servers."""
    return judge(
        conversation.trace,
        target=_BASE_URL,
        laws=SHARED_LAWS,
        edition=edition,
        strict=strict,
        profile=profile,
    )


def proof_failures(
    mutant_results: Iterable[MutantResult], variant_results: Iterable[VariantResult]
) -> Iterator[str]:
    """Every reason why the catalogue proves less than it claims, one line each.

    Args:
        mutant_results: One for every mutant in each of its editions.
        variant_results: One for every conforming server in each of its editions.
    """
    mutant_results = list(mutant_results)
    for result in mutant_results:
        yield from missed(result)
    yield from unproved(mutant_results)
    for conforming in variant_results:
        for false_positive in conforming.false_positives:
            yield f"false positive: {conforming.server} ({conforming.edition}): {false_positive}"


def missed(result: MutantResult) -> Iterator[str]:
    """Every law that should have detected a mutant and did not, one line each."""
    operation = result.mutant.operation
    laws = laws_for(result.mutant.fault, operation, result.edition)
    if not laws:
        yield f"{result}: no law claims to detect it"
    for law in laws:
        if not result.detected_by(law):
            others = ", ".join(map(str, sorted(result.enforced & result.shared)))
            detail = f"; only {others} detected it" if others else ""
            yield f"{result}: missed by {law.id}{detail}"
    wrong = [one for one in result.enforced | result.shared if one.operation.kind != operation.kind]
    if wrong:
        found = ", ".join(map(str, sorted(wrong)))
        yield f"{result}: false positive at the other kind: {found}"


def unproved(mutant_results: Iterable[MutantResult]) -> Iterator[str]:
    """What no mutant proves: a law at one of its operations, or the need for the law."""
    mutant_results = list(mutant_results)
    for law in LAWS:
        proofs = [
            result
            for result in mutant_results
            if result.mutant.fault.name in law.mutants and result.detected_by(law)
        ]
        for operation in law.operations:
            proved = {result.edition for result in proofs if result.mutant.operation == operation}
            missing = [edition for edition in law.editions if edition not in proved]
            if missing or not proved:
                where = f" in edition {' and '.join(missing)}" if missing else ""
                yield f"{law.id}: no mutant proves it for {operation}{where}"
        if not any({one.law for one in result.enforced} == {law.id} for result in proofs):
            yield f"{law.id}: other laws detect every mutant that it detects"


CLEAN: Final = Variant("clean", "The unchanged sandbox")

LIVE_MUTANTS: Final = tuple(
    f"{fault}@{operation}"
    for fault in ("reset", "hang", "garbage", "cut")
    for operation in ("batch-request", "collection-status", "batch-archive")
)
"""Faults of connections, which in-process responses can only imitate."""


def every_mutant() -> Iterator[tuple[Mutant, Edition]]:
    """Every mutant in each of its editions."""
    for mutant in MUTANTS.values():
        for edition in mutant.editions:
            yield mutant, edition


def every_variant() -> Iterator[tuple[Variant, Edition]]:
    """The clean sandbox and every variant in each of its editions."""
    for variant in (CLEAN, *VARIANTS.values()):
        for edition in variant.editions:
            yield variant, edition
