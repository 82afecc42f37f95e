"""The manual page of a command, made from its parser."""

import argparse
import re
from collections.abc import Iterator, Mapping
from typing import Any

from prolific_exports._console._subcommands import actions, subcommands

_HEADING = re.compile(r"(?m)^(\S[^\n]*):$")


def man_page(parser: argparse.ArgumentParser, version: str) -> str:
    """The manual page in the language of ``man`` (roff).

    Args:
        parser: The parser of the whole command, with subcommands.
        version: The version of the command.
    """
    prog = parser.prog
    summary = _one_line(parser.description or "").split(". ")[0].rstrip(".")
    lines = [
        f'.TH {_escaped(prog.upper())} 1 "" "{_escaped(f"{prog} {version}")}"',
        ".SH NAME",
        rf"{_escaped(prog)} \- {_escaped(summary)}",
        ".SH SYNOPSIS",
        *_synopsis(parser),
        ".SH DESCRIPTION",
        _escaped(_one_line(parser.description or "")),
        ".SH OPTIONS",
        *_arguments(parser),
        ".SH COMMANDS",
    ]
    for name, subcommand in subcommands(parser).items():
        lines += [
            f'.SS "{_escaped(name)}"',
            *_synopsis(subcommand),
            ".PP",
            _escaped(_one_line(subcommand.description or "")),
            *_arguments(subcommand),
            *_epilog(subcommand, ".PP\n\\fB{}\\fR"),
        ]
    lines += _epilog(parser, '.SH "{}"')
    return "\n".join(lines)


def _synopsis(parser: argparse.ArgumentParser) -> Iterator[str]:
    usage = parser.usage
    if usage is None:
        options = [one for one in actions(parser) if one.option_strings and one.required]
        positionals = [one for one in actions(parser) if not one.option_strings]
        words = [*map(_label, options), "[options]", *map(_positional, positionals)]
        usage = " ".join([parser.prog, *words])
    yield ".nf"
    yield from (_escaped(line.strip()) for line in usage.splitlines())
    yield ".fi"


def _arguments(parser: argparse.ArgumentParser) -> Iterator[str]:
    for action in actions(parser):
        # The subcommands have sections of their own.
        if not isinstance(action.choices, Mapping):
            yield ".TP"
            yield rf"\fB{_escaped(_label(action))}\fR"
            yield _escaped(_one_line(_help(parser, action)))


def _label(action: argparse.Action) -> str:
    if not action.option_strings:
        return _name(action)
    value = "" if action.nargs == 0 else f" {_name(action)}"
    return ", ".join(action.option_strings) + value


def _positional(action: argparse.Action) -> str:
    name = _name(action)
    forms = {"?": f"[{name}]", "*": f"[{name} ...]", "+": f"{name} [{name} ...]"}
    nargs = action.nargs
    if nargs == argparse.PARSER:
        return f"{name} ..."
    return forms.get(nargs, name) if isinstance(nargs, str) else name


def _name(action: argparse.Action) -> str:
    if action.metavar is not None:
        return str(action.metavar)
    if action.choices is not None:
        return "{" + ",".join(map(str, action.choices)) + "}"
    return action.dest.upper()


def _help(parser: argparse.ArgumentParser, action: argparse.Action) -> str:
    values: dict[str, Any] = {**vars(action), "prog": parser.prog}
    if action.choices is not None:
        values["choices"] = ", ".join(map(str, action.choices))
    return (action.help or "") % values


def _epilog(parser: argparse.ArgumentParser, heading: str) -> Iterator[str]:
    """The sections of the epilog, which keep their lines."""
    before, *sections = _HEADING.split((parser.epilog or "").strip("\n"))
    yield from _verbatim(before)
    for title, text in zip(sections[::2], sections[1::2], strict=True):
        yield heading.format(_escaped(title.upper() if ".SH" in heading else title))
        yield from _verbatim(text)


def _verbatim(text: str) -> Iterator[str]:
    if text.strip():
        yield ".PP"
        yield ".nf"
        yield from map(_escaped, text.strip("\n").split("\n"))
        yield ".fi"


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _escaped(text: str) -> str:
    """A line whose characters mean themselves in roff."""
    plain = text.replace("\\", "\\e").replace("-", "\\-").replace('"', "\\(dq")
    plain = "".join(one if one.isascii() else f"\\[u{ord(one):04X}]" for one in plain)
    return f"\\&{plain}" if plain.startswith((".", "'")) else plain
