"""The instructions of the sandbox's collections and batches, and their answers.

Two invented studies: one about cooking at home, answered once by every participant,
and one in which participants judge the replies of a chat assistant, task by task.
"""

from typing import Any, Final, Literal, TypeAlias, assert_never, get_args

from attrs import frozen

from prolific_contract._vocabulary import Kind
from prolific_contract.sandbox._random import SeededChoices

AnswerType: TypeAlias = Literal[
    "free_text",
    "free_text_with_unit",
    "multiple_choice",
    "multiple_choice_with_free_text",
    "file_upload",
    "star_rating",
]
"""The five response types of documents/003, and ``star_rating``."""

ANSWER_TYPES: Final[tuple[AnswerType, ...]] = get_args(AnswerType)


@frozen
class SandboxQuestion:
    """One instruction.

    Attributes:
        type: The type of its answers.
        description: The wording that participants read.
        parts: For texts: an answer joins one phrase of each part with spaces.
        options: For choices.
        reasons: For choices with a text: explanations, by option.
        most: For choices: the maximum number of chosen options.
        amounts: For numbers with a unit: unit, minimum and maximum.
        stars: For star ratings: the maximum.
        optional: Whether some submissions skip it.
    """

    type: AnswerType
    description: str
    parts: tuple[tuple[str, ...], ...] = ()
    options: tuple[str, ...] = ()
    reasons: tuple[tuple[str, ...], ...] = ()
    most: int = 1
    amounts: tuple[tuple[str, int, int], ...] = ()
    stars: int = 0
    optional: bool = True

    def answer(self, draw: SeededChoices) -> dict[str, Any]:
        """The value members of one answer; none for ``file_upload``, whose files are members."""
        match self.type:
            case "free_text":
                return {"value": " ".join(filter(None, map(draw.one, self.parts)))}
            case "free_text_with_unit":
                unit, low, high = draw.one(self.amounts)
                return {"value": str(low + draw.below(high - low + 1)), "unit": unit}
            case "multiple_choice":
                return {"values": draw.some(self.options, self.most)}
            case "multiple_choice_with_free_text":
                chosen = draw.some(tuple(zip(self.options, self.reasons, strict=True)), self.most)
                return {
                    "values": [
                        {"option": option, "explanation": draw.one(reasons)}
                        for option, reasons in chosen
                    ]
                }
            case "file_upload":
                return {}
            case "star_rating":
                return {"value": str(1 + draw.below(self.stars))}
            case _:
                assert_never(self.type)


@frozen
class Study:
    """What the participants of one kind of resource are asked."""

    name: str
    questions: tuple[SandboxQuestion, ...]


_COOKING = Study(
    "Cooking at home",
    (
        SandboxQuestion(
            "free_text",
            "Tell us about the last meal you cooked from scratch.",
            parts=(
                (
                    "Last night I made",
                    "On Sunday I cooked",
                    "It was",
                    "I think it was",
                    "Nothing special, just",
                    "For once I tried",
                    "We had",
                ),
                (
                    "lentil soup with a lot of cumin",
                    "crème brûlée, and the top cracked properly",
                    "okonomiyaki (お好み焼き) with whatever was in the fridge",
                    "a mushroom risotto that needed constant stirring",
                    "jalapeño cornbread",
                    "plain pasta with garlic, oil and chilli",
                    "a vegetable curry from a jar, so only half from scratch",
                    "potato pancakes",
                    'what my flatmate calls "brown stew"',
                    "шакшука with six eggs",
                ),
                (
                    "and it took longer than planned.",
                    "for four people.",
                    "because the weather was awful.",
                    "and there were leftovers for two days 🙂",
                    "- would do it again.",
                    "but I burned the onions, so we started over.",
                    "following a video, pausing every ten seconds.",
                    "and everyone asked for seconds!",
                    "\nThe second time it came out much better.",
                ),
                ("", "", "I'd add more salt next time.", "No recipe, just guessing.", "7/10."),
            ),
            optional=False,
        ),
        SandboxQuestion(
            "free_text_with_unit",
            "How long does cooking dinner usually take you?",
            amounts=(("minutes", 10, 90), ("hours", 1, 3)),
        ),
        SandboxQuestion(
            "multiple_choice",
            "How often do you cook at home?",
            options=("Every day", "A few times a week", "Once a week", "Hardly ever"),
            optional=False,
        ),
        SandboxQuestion(
            "multiple_choice",
            "Which of these do you own? Choose all that apply.",
            options=("Oven", "Microwave", "Rice cooker", "Air fryer", "Pressure cooker", "Wok"),
            most=5,
        ),
        SandboxQuestion(
            "multiple_choice_with_free_text",
            "What keeps you from cooking more? Choose up to two and say why.",
            options=("Time", "Money", "Skills", "Company"),
            reasons=(
                (
                    "There is hardly an hour left in the evening.",
                    "On working days I'm home after eight; cooking then is no fun.",
                    "With two small children? Ha.",
                    "I would rather read, honestly.",
                ),
                (
                    "The good things cost twice as much as last year.",
                    "At the end of the month it's pasta, and pasta again.",
                    "Spices, oil, gas: it adds up, for one person at least.",
                ),
                (
                    "I never know what goes with what.",
                    "My rice burns. Every time.",
                    "Nobody ever showed me; my father only did barbecue, my mother crêpes.",
                ),
                (
                    "Cooking for one is sad, so I don't.",
                    "In our shared kitchen there's always someone at the stove",
                    "nobody here wants the same dish",
                ),
            ),
            most=2,
        ),
        SandboxQuestion(
            "free_text",
            "Is there anything else you would like to tell us?",
            parts=(
                ("No.", "Nope, all clear.", "Thanks for asking.", "Nice survey!", "n/a", "Yes:"),
                (
                    "",
                    "",
                    "the question on time was hard, it depends on the day.",
                    "my grandmother's recipes deserve their own study.",
                    "please ask about baking, too.",
                    "I answered on my phone; the page jumped once.",
                    # Pasted text: a reader that splits at every line separator of
                    # Unicode, not at line feeds only, breaks this record in two.
                    "copied from my notes:\u2028one pan, one spoon, no fuss",
                    "prices went up 20 % here, that changes a lot.",
                ),
            ),
        ),
        SandboxQuestion("file_upload", "Share a picture or a note of a dish you made."),
    ),
)

_ASSISTANT = Study(
    "Judging a chat assistant's answers",
    (
        SandboxQuestion(
            "multiple_choice",
            "How helpful is the answer?",
            options=("Very helpful", "Somewhat helpful", "Not very helpful", "Useless"),
            optional=False,
        ),
        SandboxQuestion(
            "multiple_choice_with_free_text",
            "Which answer is better, and why?",
            options=("Answer A", "Answer B", "Both are equally good"),
            reasons=(
                (
                    "Gets to the point sooner.",
                    "It says where the numbers come from, B doesn't.",
                    "B invents a law that doesn't exist.",
                    "Reads as if a person had written it.",
                ),
                (
                    "Answers what was asked, A answers something near it.",
                    "Shorter, without leaving anything out.",
                    "A is fine, too, but B gives an example: “naïve” vs “naive”.",
                    "No idea why A talks about the weather",
                ),
                (
                    "They say the same thing in other words.",
                    "A is correct and long, B short and a bit vague; I can't decide.",
                ),
            ),
            optional=False,
        ),
        SandboxQuestion(
            "multiple_choice",
            "What is wrong with the worse answer? Choose all that apply.",
            options=("Wrong facts", "Off topic", "Too long", "Rude", "Hard to read"),
            most=3,
        ),
        SandboxQuestion(
            "free_text",
            "What is missing?",
            parts=(
                ("I miss", "There should be", "Nothing, though I'd like", "What about"),
                (
                    "an example.",
                    "a source for the claim about 1969.",
                    "a warning that this is not legal advice.",
                    "the Spanish name (“piñón”) of the plant.",
                    "units: is it 30 °C or 30 °F?",
                    "a straight yes or no at the start.",
                ),
            ),
        ),
        SandboxQuestion(
            "free_text_with_unit",
            "How long did you need to check the answer?",
            amounts=(("seconds", 15, 120), ("minutes", 1, 15)),
        ),
        SandboxQuestion("file_upload", "If the page looked broken, upload a screenshot."),
        # The last one, so that the other answers are what they were without it.
        SandboxQuestion("star_rating", "How good is the better answer?", stars=5),
    ),
)

STUDIES: dict[Kind, Study] = {"collection": _COOKING, "batch": _ASSISTANT}
