"""Arrow's compute functions by name.

``pyarrow.compute`` makes a wrapper with a docstring for each of 300 functions while it is
imported, and so do the methods of arrays that need one of them: that takes as long as reading a
thousand submissions. What it wraps is called here without it.
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
        # That is not a public name; this one has all that is in it.
        return require("pyarrow.compute")


def call(function: str, *arguments: Any) -> Any:
    """What a function makes of arrays and scalars, with its usual options."""
    return _functions().call_function(function, arguments)


def take(array: Any, places: Any) -> Any:
    """The elements at these places."""
    return call("take", array, places)


def encode(array: Any) -> Any:
    """The array as a dictionary."""
    return call("dictionary_encode", array)


def cast(array: Any, type_: Any) -> Any:
    """The array as one of another type.

    Raises:
        pyarrow.ArrowException: A value does not fit.
    """
    functions = _functions()
    return functions.call_function("cast", [array], functions.CastOptions.safe(type_))


def matches(array: Any, pattern: str) -> Any:
    """Which texts have a part that matches a regular expression (RE2)."""
    functions = _functions()
    options = functions.MatchSubstringOptions(pattern)
    return functions.call_function("match_substring_regex", [array], options)
