"""What a user meant by a command line with a misspelt command, option or choice."""

import argparse
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

from attrs import define, field, frozen

from prolific_exports._console._shell import command_line
from prolific_exports._model._suggestions import closest

# Options that users expect. Their values must not be repeated.
_SECRETS: Final = frozenset(
    f"--{name}"
    for name in (
        *("token", "api-token", "access-token", "api-key", "key", "secret", "password"),
        *("auth", "authorization", "bearer"),
    )
)
# The query and the user of a web address.
_SECRET_IN_ADDRESS: Final = re.compile(r"\?|//[^/]*@")


@frozen
class Correction:
    """A corrected command line.

    Attributes:
        meant: The words that replace unknown ones, each once, in order.
        line: The whole line, without errors; None if it has others, or contains a secret.
    """

    meant: tuple[str, ...]
    line: str | None

    def __str__(self) -> str:
        """The question to the user, and the line to run."""
        question = f"Did you mean {' and '.join(self.meant)}?"
        return question if self.line is None else f"{question} Run:\n  {self.line}"


def corrected(
    parser: argparse.ArgumentParser, argv: Sequence[str], parses: Callable[[list[str]], bool]
) -> Correction | None:
    """The command line with known words in the place of misspelt ones; None if none is.

    Args:
        parser: The parser of the whole command, with subcommands.
        argv: The arguments, which it does not accept.
        parses: Returns whether it accepts other arguments. Must print nothing.
    """
    reading = _Reading(parser)
    words = [reading.next(word) for word in argv]
    if not reading.meant:
        return None
    secret = reading.has_secret or any(map(_SECRET_IN_ADDRESS.search, argv))
    line = None
    if not secret and parses(words):
        line = command_line([parser.prog, *words])
    return Correction(tuple(dict.fromkeys(reading.meant)), line)


def names_secret(word: str) -> bool:
    """Whether a word is an option by which users try to pass a secret."""
    name = word.partition("=")[0].lower()
    return name.startswith("-") and ("token" in name or name in _SECRETS)


@define
class _Reading:
    """Reads a command line from left to right.

    Attributes:
        parser: The parser of the command, then of the subcommand.
        meant: The words that replace others.
        has_secret: Whether an option was read that has a secret.
    """

    parser: argparse.ArgumentParser
    meant: list[str] = field(factory=list, init=False)
    has_secret: bool = field(default=False, init=False)
    _awaits: argparse.Action | None = field(default=None, init=False)
    _positionals: int = field(default=0, init=False)
    _only_positionals: bool = field(default=False, init=False)

    def next(self, word: str) -> str:
        """The next word of the line, corrected."""
        option, self._awaits = self._awaits, None
        if option is not None:
            return self._choice(word, option.choices)
        if word == "--" or self._only_positionals:
            self._only_positionals = True
            return word
        if word.startswith("-") and word != "-":
            return self._option(word)
        return self._positional(word)

    def _option(self, word: str) -> str:
        name, equals, value = word.partition("=")
        options = self.parser._option_string_actions
        is_secret = names_secret(name)
        self.has_secret |= is_secret
        if name not in options:
            if is_secret or not name.startswith("--"):
                return word
            shown = [one for one, it in options.items() if it.help is not argparse.SUPPRESS]
            name = self._replaced(name, [one for one in shown if one.startswith("--")])
        action = options.get(name)
        if action is None:
            return word
        if equals:
            value = self._choice(value, action.choices)
        elif action.nargs != 0:
            self._awaits = action
        return f"{name}{equals}{value}"

    def _positional(self, word: str) -> str:
        action = self._next_positional()
        choices: Any = action.choices if action is not None else None
        word = self._choice(word, choices)
        if isinstance(choices, Mapping) and word in choices:
            self.parser, self._positionals = choices[word], 0
        return word

    def _next_positional(self) -> argparse.Action | None:
        actions = self.parser._get_positional_actions()
        self._positionals += 1
        return actions[self._positionals - 1] if self._positionals <= len(actions) else None

    def _choice(self, word: str, choices: Any) -> str:
        known = [] if choices is None else [str(one) for one in choices]
        return word if word in known else self._replaced(word, known)

    def _replaced(self, word: str, known: Sequence[str]) -> str:
        meant = closest(word, known)
        if meant is None:
            return word
        self.meant.append(meant)
        return meant
