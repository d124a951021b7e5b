"""One small tree of errors; each says what is wrong, where, and what was expected."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True)
class Problem:
    """One fault in what was given.

    Attributes
    ----------
    where
        The thing at fault, for instance ``request R17`` or ``requests.csv row 12``.
    field
        The field at fault.
    message
        What it is and what was expected.
    """

    where: str
    field: str
    message: str

    def __str__(self) -> str:
        return ": ".join(part for part in (self.where, self.field, self.message) if part)


class RoutingError(Exception):
    """Base of every error this package raises on purpose.

    Attributes
    ----------
    code
        A stable word for programs, the same for every error of a class.
    """

    code = "routing"


class InvalidInput(RoutingError, ValueError):
    """What was given cannot be planned; `problems` lists every fault found, not only the first.

    Examples
    --------
    >>> import routing
    >>> try:
    ...     routing.Hub(place=0, windows=((61200, 25200),))
    ... except routing.InvalidInput as error:
    ...     print(error.problems[0].field)
    windows
    """

    code = "invalid-input"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class CannotGoOn(InvalidInput):
    """On a day under way something can be kept in no plan: what is on board, or a driver's way home."""

    code = "cannot-go-on"


class UnknownId(RoutingError, KeyError):
    """An id names nothing in this day or plan."""

    code = "unknown-id"

    def __str__(self) -> str:
        return str(self.args[0])


class Interrupted(RoutingError):
    """Planning was stopped before a first valid plan existed."""

    code = "interrupted"


class InternalError(RoutingError):
    """The engine contradicts itself: a bug worth reporting, never the caller's fault."""

    code = "internal"


class Findings:
    """Collects the problems of one object, so that all of them can be reported at once."""

    def __init__(self, where: str) -> None:
        self.where = where
        self.problems: list[Problem] = []

    def expect(self, holds: bool, field: str, message: str) -> bool:
        """Note `message` against `field` unless `holds`; say whether it held."""
        if not holds:
            self.problems.append(Problem(self.where, field, message))
        return holds

    def raise_if_any(self) -> None:
        """Raise `InvalidInput` when anything was noted."""
        if self.problems:
            raise InvalidInput(self.problems)
