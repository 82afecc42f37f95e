"""The proof that the gate works: it kills every mutant, and accuses no conforming server.

The sandbox's mutants have one fault each, its variants none. The gate's own conversation is
held with every one of them in each edition, in-process on a clock that jumps, and judged by
the edition as well as by what both editions share.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias

from attrs import evolve, field, frozen

from prolific_contract._vocabulary import KINDS, MANAGING, Operation, path_of
from prolific_contract.gate._judge import judge
from prolific_contract.gate._verdict import Verdict
from prolific_contract.gate.conversation._http_target import LiveTarget
from prolific_contract.gate.conversation._plan import BRISK, CAREFUL, KNOWN_JOB, Made, Plan, Profile
from prolific_contract.gate.conversation._recorder import Conversation, converse
from prolific_contract.gate.laws import LAWS
from prolific_contract.gate.laws._law import Edition, Law
from prolific_contract.gate.proof._in_process import InProcessTarget
from prolific_contract.gate.trace._exchanges import Subject
from prolific_contract.sandbox import EDITIONS, Fate, Kind, ManualClock, Sandbox, SandboxSettings
from prolific_contract.sandbox._site import Site
from prolific_contract.sandbox.mutants import MUTANTS, Fault, Mutant, MutatedSite
from prolific_contract.sandbox.variants import VARIANTS, Variant, VariantSite

Server: TypeAlias = Callable[[SandboxSettings, ManualClock], Site]

_BASE_URL: Final = "http://127.0.0.1:8417"
_TOKEN: Final = "token-of-the-catalogue"  # noqa: S105 - opens nothing but these sandboxes
# Long enough for a third poll while a job is generated, short enough to judge many.
_SHORT: Final = 30.0
_LONG: Final = 600.0
# As they stand in paths: plain, in need of cleaning, and for no path at all.
_ODD_IDS: Final = ("0", "%2E%2E", "a%2F%2Fb", "a%2F%2E%2E%2Fb", "%00", "%F0%9F%93%A6")
# In real seconds: three requests that hang are waited for as long as an export.
_GENERATION_LIVE: Final = 0.4
_WAIT_LIVE: Final = 1.5


@frozen(order=True)
class Hit:
    """A law that a server broke at an operation."""

    law: str
    operation: Operation

    def __str__(self) -> str:
        """Law and operation, in words."""
        return f"{self.law} ({self.operation.kind} {self.operation.action})"


@frozen
class Trial:
    """What the gate said of a mutant in one edition.

    Attributes:
        name: The mutant's.
        edition: The edition.
        enforced: Broken laws when the edition is enforced.
        shared: Broken laws when only what both editions share is.
    """

    name: str
    edition: Edition
    enforced: frozenset[Hit]
    shared: frozenset[Hit]

    @property
    def mutant(self) -> Mutant:
        """The mutant."""
        return MUTANTS[self.name]

    def killed_by(self, law: Law) -> bool:
        """Whether a law noticed the fault where it is, whichever edition is enforced."""
        hit = Hit(law.id, self.mutant.operation)
        # A server that lists and deletes nothing in the right way does not show that it can.
        alone = bool(law.editions) or self.mutant.operation.action in MANAGING
        return hit in self.enforced and (alone or hit in self.shared)

    def __str__(self) -> str:
        """Name and edition."""
        return f"{self.name} ({self.edition})"


@frozen
class Hearing:
    """What the gate said of a conforming server in one edition.

    Attributes:
        server: Its name.
        edition: The edition.
        accusations: What it was accused of, in any setting; empty as it should be.
    """

    server: str
    edition: Edition
    accusations: tuple[str, ...] = field(factory=tuple)


def laws_naming(fault: Fault, operation: Operation, edition: Edition) -> list[Law]:
    """The laws that say they notice a fault, among those for an operation and an edition."""
    return [
        law
        for law in LAWS
        if fault.name in law.mutants
        and operation in law.operations
        and edition in (law.editions or EDITIONS)
    ]


def try_mutant(mutant: Mutant, edition: Edition) -> Trial:
    """Judge a mutant."""
    profile: Profile = "polite"
    if any(law.profile == "full" and mutant.fault.name in law.mutants for law in LAWS):
        profile = "full"
    settings = _settings(edition)
    plan = Plan(_subjects(settings), max_wait=_SHORT, pace=BRISK, profile=profile, edition=edition)
    conversation = _converse(
        lambda settings, clock: MutatedSite(mutant, settings, clock), settings, plan
    )
    return _tried(mutant, edition, conversation, profile)


def try_mutant_live(mutant: Mutant, edition: Edition) -> Trial:
    """Judge a mutant over a socket; takes seconds."""
    return _tried(mutant, edition, _converse_live(_settings(edition), mutant=mutant.name))


def _tried(
    mutant: Mutant, edition: Edition, conversation: Conversation, profile: Profile = "polite"
) -> Trial:
    def hits(asked: Edition | None) -> frozenset[Hit]:
        verdict = _judge(conversation, asked, profile=profile, strict=mutant.fault.strict)
        return frozenset(Hit(one.law.id, one.operation) for one in verdict.violations)

    return Trial(mutant.name, edition, hits(edition), hits(None))


def hear_variant(variant: Variant, edition: Edition) -> Hearing:
    """Judge a variant, in every setting."""
    settings = _settings(edition)
    # A server of the earlier edition must not be accused of what it does not have, either.
    asked = None if edition == "2026-03" else edition
    subjects = _subjects(settings)
    plan = Plan(
        subjects,
        max_wait=_LONG,
        pace=CAREFUL,
        profile="full",
        made=tuple(_made_up(subjects)),
        edition=asked,
    )
    conversation = _converse(
        lambda settings, clock: VariantSite(variant, settings, clock), settings, plan
    )
    return _heard(variant, edition, conversation, "full")


def hear_variant_live(variant: Variant, edition: Edition) -> Hearing:
    """Judge a variant over a socket, in every setting."""
    return _heard(variant, edition, _converse_live(_settings(edition), variant=variant.name))


def _heard(
    variant: Variant, edition: Edition, conversation: Conversation, profile: Profile = "polite"
) -> Hearing:
    said = accusations(conversation, edition, additive=variant.additive, profile=profile)
    return Hearing(variant.name, edition, tuple(said))


def accusations(
    conversation: Conversation,
    edition: Edition,
    *,
    additive: bool = False,
    profile: Profile = "polite",
) -> Iterator[str]:
    """What a conforming server is accused of in some setting, or that nothing was proved.

    Args:
        conversation: A conversation with it.
        edition: The edition that it follows.
        additive: Whether it sends members that are not documented: under ``--strict`` it
            may be told so, and has to be told nothing else.
        profile: The conversation's.
    """
    if conversation.cut_short:
        yield f"the conversation ended early: {conversation.cut_short}"
    for asked in (None, edition):
        for strict in (False, True):
            verdict = _judge(conversation, asked, profile=profile, strict=strict)
            setting = f"--edition {asked or 'auto'}{' --strict' if strict else ''}"
            if not verdict.exercised:
                yield f"{setting}: nothing was exercised"
            if verdict.edition_found not in (None, edition):
                yield f"{setting}: taken for edition {verdict.edition_found}"
            for one in verdict.violations:
                if not (strict and additive and one.law.id == "shape.additive"):
                    hit = Hit(one.law.id, one.operation)
                    yield f"{setting}: {hit}: {one.observations[0].seen}"


def _settings(edition: Edition) -> SandboxSettings:
    return SandboxSettings(
        edition=edition, token=_TOKEN, submissions=3, files=1, generation_seconds=3
    )


def _subjects(settings: SandboxSettings) -> tuple[Subject, ...]:
    return tuple(
        Subject(kind, settings.id_of(Kind(kind), fate), forbidden=fate is Fate.FORBIDDEN)
        for fate in (Fate.COMPLETES, Fate.FORBIDDEN)
        for kind in KINDS
    )


def _made_up(subjects: Iterable[Subject]) -> Iterator[Made]:
    """The sorts of requests that schemathesis makes up, the same for every server."""
    for subject in subjects:
        path = path_of(subject.kind, subject.id)
        for export_id in (KNOWN_JOB, *_ODD_IDS):
            yield Made("GET", f"{path}/{export_id}")
        yield Made("POST", f"{path}?odd=")
    for kind in KINDS:
        for resource_id in _ODD_IDS:
            yield Made("POST", path_of(kind, resource_id))


def _converse(server: Server, settings: SandboxSettings, plan: Plan) -> Conversation:
    clock = ManualClock()
    site = server(settings, clock)
    try:
        return converse(InProcessTarget(site, clock), _BASE_URL, settings.token, plan)
    finally:
        site.close()


def _converse_live(
    settings: SandboxSettings, *, mutant: str | None = None, variant: str | None = None
) -> Conversation:
    settings = evolve(settings, generation_seconds=_GENERATION_LIVE)
    plan = Plan(_subjects(settings), max_wait=_WAIT_LIVE, pace=BRISK, edition=settings.edition)
    with Sandbox(settings, mutant=mutant, variant=variant) as sandbox, LiveTarget() as target:
        return converse(target, sandbox.url, settings.token, plan)


def _judge(
    conversation: Conversation,
    edition: Edition | None,
    *,
    profile: Profile = "polite",
    strict: bool = False,
) -> Verdict:
    return judge(
        conversation.trace, target=_BASE_URL, edition=edition, strict=strict, profile=profile
    )


def shortcomings(trials: Iterable[Trial], hearings: Iterable[Hearing]) -> Iterator[str]:
    """What keeps the catalogue from being a proof, one sentence each; nothing if it is one.

    Args:
        trials: Of every mutant, in each of its editions.
        hearings: Of every conforming server, in each of its editions.
    """
    trials = list(trials)
    for trial in trials:
        yield from survivals(trial)
    yield from gaps(trials)
    for hearing in hearings:
        for accusation in hearing.accusations:
            yield f"{hearing.server} ({hearing.edition}) conforms and is accused: {accusation}"


def survivals(trial: Trial) -> Iterator[str]:
    """How a mutant was not noticed, or not as the laws say; nothing if it was."""
    operation = trial.mutant.operation
    naming = laws_naming(trial.mutant.fault, operation, trial.edition)
    if not naming:
        yield f"{trial}: no law names it"
    for law in naming:
        if not trial.killed_by(law):
            by = ", ".join(map(str, sorted(trial.enforced & trial.shared)))
            yield f"{trial}: {law.id} names it and does not notice it" + (
                f"; noticed by {by}" if by else "; it survives"
            )
    wrong = [hit for hit in trial.enforced | trial.shared if hit.operation.kind != operation.kind]
    if wrong:
        yield f"{trial}: the other kind is accused: {', '.join(map(str, sorted(wrong)))}"


def gaps(trials: Iterable[Trial]) -> Iterator[str]:
    """What no mutant proves: a law at one of its operations, or that the law is needed."""
    trials = list(trials)
    for law in LAWS:
        proofs = [
            trial
            for trial in trials
            if trial.mutant.fault.name in law.mutants and trial.killed_by(law)
        ]
        for operation in law.operations:
            shown = {trial.edition for trial in proofs if trial.mutant.operation == operation}
            lacking = [one for one in law.editions if one not in shown]
            if lacking or not shown:
                where = f" in edition {' and '.join(lacking)}" if lacking else ""
                yield f"{law.id}: no mutant proves it for {operation}{where}"
        if not any({hit.law for hit in trial.enforced} == {law.id} for trial in proofs):
            yield f"{law.id}: every mutant that it notices is noticed by another law, too"


CLEAN: Final = Variant("clean", "It is the sandbox as it is")

LIVE_MUTANTS: Final = tuple(
    f"{fault}@{operation}"
    for fault in ("reset", "hang", "garbage", "cut")
    for operation in ("batch-request", "collection-status", "batch-archive")
)
"""What a socket can do and an answer in-process can't."""


def every_trial() -> Iterator[tuple[Mutant, Edition]]:
    """Every mutant in each of its editions."""
    for mutant in MUTANTS.values():
        for edition in mutant.editions:
            yield mutant, edition


def every_hearing() -> Iterator[tuple[Variant, Edition]]:
    """The clean sandbox and every variant in each of its editions."""
    for variant in (CLEAN, *VARIANTS.values()):
        for edition in variant.editions:
            yield variant, edition
