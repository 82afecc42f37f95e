"""Calls Arrow's compute functions by name.

Importing ``pyarrow.compute`` creates wrappers with docstrings for 300 functions, which takes as
long as reading a thousand submissions; methods of arrays that need a function import it too. This
module calls the functions without the wrappers.
"""

from functools import cache
from importlib import import_module
from typing import Any

from prolific_exports._tables._optional_libraries import require


@cache
def _functions() -> Any:
    try:
        return import_module("pyarrow._compute")
    except ImportError:
        # It is a private module; the public one contains the same functions.
        return require("pyarrow.compute")


def call(function: str, *arguments: Any) -> Any:
    """Call a function with arrays and scalars, and its default options."""
    return _functions().call_function(function, arguments)


def take(array: Any, indices: Any) -> Any:
    """Return the elements at these indices."""
    return call("take", array, indices)


def encode(array: Any) -> Any:
    """Return the array as a dictionary."""
    return call("dictionary_encode", array)


def cast(array: Any, type_: Any) -> Any:
    """Return the array with another type.

    Raises:
        pyarrow.ArrowException: A value does not fit.
    """
    functions = _functions()
    return functions.call_function("cast", [array], functions.CastOptions.safe(type_))


def matches(array: Any, pattern: str) -> Any:
    """Return which texts contain a match of a regular expression (RE2)."""
    functions = _functions()
    options = functions.MatchSubstringOptions(pattern)
    return functions.call_function("match_substring_regex", [array], options)
