"""The best set of pieces out of all those seen: a set partitioning problem, solved by CP-SAT.

Pieces of solutions found at different times, or in different zones, go together in ways that no single change reaches
(route pools: Rochat and Taillard 1995; Subramanian, Uchoa and Ochi 2013).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Hashable, Iterable, Sequence
from typing import TYPE_CHECKING, ClassVar, Generic, Protocol, TypeVar

import numpy as np

from routing.cpsat import Effort, solved
from routing.search.arrays import I64, Problem
from routing.search.state import State
from routing.search.zones import Solution

if TYPE_CHECKING:
    from ortools.sat.python import cp_model

HUB = -1
"""A hub visit among the elements of a run."""


class Piece(Protocol):
    """What a solution is made of."""

    @property
    def cost(self) -> int:
        """In fine units."""

    @property
    def stops(self) -> I64:
        """The stops of the whole day that it serves."""

    @property
    def key(self) -> Hashable:
        """What pieces share of which the better one makes the other needless."""

    @property
    def rank(self) -> tuple[int, ...]:
        """Of two with the same key the one of lower rank is kept."""


Kind = TypeVar("Kind", bound=Piece)


class Pool(ABC, Generic[Kind]):
    """The best piece seen of each key.

    Attributes
    ----------
    MOST
        So many pieces are chosen from, those seen last.
    SEEN_FROM
        From this slice of 24 on pieces are noted; ...
    TOGETHER_AFTER
        ... after these the best of them are put together anew.
    """

    MOST: ClassVar[int]
    SEEN_FROM: ClassVar[int]
    TOGETHER_AFTER: ClassVar[tuple[int, ...]]

    def __init__(self) -> None:
        self._pieces: dict[Hashable, Kind] = {}

    @staticmethod
    @abstractmethod
    def pieces(problem: Problem, state: State, stops: I64) -> list[Kind]:
        """Return the pieces as they stand; `stops` says which stops of the whole day those of `problem` are."""

    @abstractmethod
    def _limit(
        self, model: cp_model.CpModel, problem: Problem, pieces: Sequence[Kind], takes: list[cp_model.IntVar]
    ) -> None:
        """Say which pieces go together, besides that they share no stop."""

    @abstractmethod
    def _runs(self, problem: Problem, chosen: Sequence[Kind]) -> tuple[tuple[I64, ...], tuple[I64, ...]]:
        """Return elements and lane time of the runs made of the chosen pieces, as in `Solution`."""

    def add(self, pieces: Iterable[Kind]) -> None:
        """Take in `pieces`, the newest last."""
        for piece in pieces:
            known = self._pieces.pop(piece.key, piece)
            self._pieces[piece.key] = min(piece, known, key=lambda each: each.rank)
        while len(self._pieces) > self.MOST:
            del self._pieces[next(iter(self._pieces))]

    def best(self, problem: Problem, known: Sequence[Kind], effort: Effort) -> Solution | None:
        """Return the best solution made of pieces of the pool that serves just what `known` serves.

        Parameters
        ----------
        problem
            The whole day.
        known
            The pieces of the best solution so far; added to the pool.
        effort
            How long to look.

        Returns
        -------
        Solution or None
            None where nothing better was found.
        """
        self.add(known)
        served = {int(stop) for piece in known for stop in piece.stops}
        pieces = [piece for piece in self._pieces.values() if served.issuperset(piece.stops.tolist())]
        chosen = self._best_partition(problem, pieces, served, {piece.key for piece in known}, effort)
        cost = sum(piece.cost for piece in chosen)
        if cost >= sum(piece.cost for piece in known) or not chosen:
            return None
        left_out = np.setdiff1d(np.arange(problem.stops), list(served))
        return Solution(*self._runs(problem, chosen), cost + int(problem.penalty[left_out].sum()))

    def _best_partition(
        self,
        problem: Problem,
        pieces: Sequence[Kind],
        served: Collection[int],
        hint: Collection[Hashable],
        effort: Effort,
    ) -> list[Kind]:
        """Choose pieces that serve each stop once, as cheaply as can be found; none where none were found in time."""
        from ortools.sat.python import cp_model

        model = cp_model.CpModel()
        takes: list[cp_model.IntVar] = [model.new_bool_var("") for _ in pieces]
        serving: dict[int, list[cp_model.IntVar]] = {stop: [] for stop in served}
        for piece, take in zip(pieces, takes, strict=True):
            model.add_hint(take, piece.key in hint)
            for stop in piece.stops.tolist():
                serving[stop].append(take)
        for each in serving.values():
            model.add_exactly_one(each)
        self._limit(model, problem, pieces, takes)
        model.minimize(sum(piece.cost * take for piece, take in zip(pieces, takes, strict=True)))
        solver = solved(model, effort)
        if solver is None:
            return []
        return [piece for piece, take in zip(pieces, takes, strict=True) if solver.value(take)]
