"""Public names of a package that are imported on first use (PEP 562).

Importing the package then costs nothing: ``--help`` and pytest's plugin import only what they need.
"""

from collections.abc import Callable
from importlib import import_module


def lazy(package: str, /, **names: str) -> Callable[[str], object]:
    """Return the ``__getattr__`` of a package.

    Args:
        package: Its ``__name__``.
        names: The names that each module of the package defines, separated by spaces.
    """
    modules = {name: module for module, defined in names.items() for name in defined.split()}

    def get(name: str) -> object:
        if name not in modules:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        return getattr(import_module(f"{package}.{modules[name]}"), name)

    return get
