"""How the numbers of an instance file become those it is solved and judged in."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from benchmarks.meant import did_you_mean
from routing.errors import InvalidInput, Problem

Numbers = npt.NDArray[Any]


@dataclass(frozen=True)
class Rounding:
    """A convention, applied to distances and times alike.

    Attributes
    ----------
    name
        As given to ``--rounding``.
    apply
        From numbers of the file to the instance's own.
    """

    name: str
    apply: Callable[[Numbers], Numbers]


def _truncated(values: Numbers, scale: int) -> Numbers:
    scaled: Numbers = np.floor(scale * values)
    return scaled.astype(np.int64)


def _rounded(values: Numbers, scale: int) -> Numbers:
    scaled: Numbers = np.round(scale * values)
    return scaled.astype(np.int64)


ROUNDINGS = {
    "dimacs": Rounding("dimacs", lambda values: _truncated(values, 10)),
    "trunc": Rounding("trunc", lambda values: _truncated(values, 1)),
    "round": Rounding("round", lambda values: _rounded(values, 1)),
    "exact": Rounding("exact", lambda values: _rounded(values, 1000)),
    "none": Rounding("none", lambda values: np.asarray(values, dtype=np.float64)),
}
"""``dimacs``: times 10, truncated; ``trunc``, ``round``: to whole numbers; ``exact``: times 1000, rounded;
``none``: double precision as it stands."""


def rounding_named(name: str) -> Rounding:
    """Return the convention called `name`.

    Raises
    ------
    InvalidInput
        When there is none.
    """
    if name not in ROUNDINGS:
        message = f"is {name!r}: expected one of {', '.join(ROUNDINGS)}" + did_you_mean(name, ROUNDINGS)
        raise InvalidInput([Problem("", "--rounding", message)])
    return ROUNDINGS[name]
