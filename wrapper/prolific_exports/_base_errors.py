"""The two exceptions that every room may raise; `_errors` has the whole tree."""

# As typing.TYPE_CHECKING, without what importing typing costs.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Self


class ExportsError(Exception):
    """The base class of all exceptions of this package."""

    def __reduce__(self) -> "tuple[Callable[..., Any], tuple[Any, ...]]":
        """Pickle with all attributes, for multiprocessing."""
        return _rebuild, (type(self), self.args, self.__dict__)

    @classmethod
    def _rebuilt(cls, args: "tuple[Any, ...]", attributes: "dict[str, Any]") -> "Self":
        error = cls.__new__(cls)
        error.args = args
        error.__dict__.update(attributes)
        return error


def _rebuild(
    cls: type[ExportsError], args: "tuple[Any, ...]", attributes: "dict[str, Any]"
) -> ExportsError:
    return cls._rebuilt(args, attributes)


class UsageError(ExportsError, ValueError):
    """An argument is invalid: no token, a bad id, a bad base URL."""
