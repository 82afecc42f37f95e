"""The two exceptions that every room may raise; `_errors` has the whole tree."""

# As typing.TYPE_CHECKING, without what importing typing costs.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Self


class ExportsError(Exception):
    """The base class of all exceptions of this package.

    Every exception has these attributes, so that a program can act on it without reading the
    message. ``--json`` of the command prints them.

    Attributes:
        hint: The next step, as one or two sentences; None if only the message has it.
        retryable: Whether the same call may succeed later although you change nothing.
        status: HTTP status; None if the error is not about a response of the API.
        code: The API's own error code; None if there is none.
        retry_after: Seconds that the server asks to wait; None if it does not.
        operation: Method and path template; None if the error is not about a call to the API.
        ref: The export or list that it is about; None if it is about neither.
    """

    hint: "str | None" = None
    retryable: bool = False
    # Any, because subclasses have narrower types: an ApiError always has a status.
    status: "Any" = None
    code: "Any" = None
    retry_after: "Any" = None
    operation: "Any" = None
    ref: "Any" = None

    def __init__(
        self, *args: object, hint: "str | None" = None, retryable: "bool | None" = None
    ) -> None:
        """Create an error.

        Args:
            args: The message.
            hint: Replaces that of the class, unless None.
            retryable: Replaces that of the class, unless None.
        """
        super().__init__(*args)
        if hint is not None:
            self.hint = hint
        if retryable is not None:
            self.retryable = retryable

    def _render_traceback_(self) -> "list[str]":
        """Return what IPython and Jupyter show in place of a traceback."""
        from prolific_exports._short_traceback import rendered  # noqa: PLC0415 - start-up time

        return rendered(self)

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
