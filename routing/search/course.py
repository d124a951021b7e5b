"""How a day is searched, how far the search is, and what chance depends on."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from routing.search.budget import Budget, Stop
from routing.search.zones import Solution


@dataclass(frozen=True)
class Standing:
    """How far the search is: iterations, and the best solution so far."""

    iterations: int
    best: Solution


Watch = Callable[[Standing], None]
"""Told how the search stands after each slice."""


@dataclass(frozen=True)
class Course:
    """How a day is searched.

    Attributes
    ----------
    budget, slices
        What it may spend, in so many slices.
    seed
        What chance depends on.
    any_leg
        What a leg between any two stops costs on average, in fine units.
    toll
        What a run costs besides, in temperatures.
    apart
        Whether replicas of a day that stays whole never meet.
    """

    budget: Budget
    slices: int
    seed: int
    any_leg: int
    toll: float = 0.0
    apart: bool = False

    def turns(self, stop: Stop) -> Iterator[int]:
        """The numbers of the slices, until the budget is spent or `stop` says so."""
        for turn in range(self.slices):
            if stop() or self.budget.is_over():
                return
            yield turn


def cost_of(solution: Solution) -> int:
    """What the solution costs, in fine units."""
    return solution.cost


def seed_of(*numbers: int) -> int:
    """Mix whole numbers to a seed."""
    mixed = 0x9E3779B97F4A7C15
    for number in numbers:
        mixed = ((mixed ^ (number + 0x632BE59BD9B4E019)) * 0xBF58476D1CE4E5B9) % 2**64
        mixed ^= mixed >> 29
    return mixed
