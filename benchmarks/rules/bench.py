"""What every question has at hand: seeded days, the search, and the form of an answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from routing import Day, Plan

if TYPE_CHECKING:
    from geodata.matrix import PreparedNetwork
    from geodata.network import StreetNetwork

Row = dict[str, Any]
Solve = Callable[[Day, str], Plan]
"""Plans a day with the budget that was asked for; the text says what is planned."""


@dataclass(frozen=True)
class Bars:
    """A picture of an answer: bars side by side.

    Attributes
    ----------
    labels
        Of the groups of bars.
    series
        By name, a value for each group.
    y_label
        What the values are.
    """

    labels: Sequence[str]
    series: Mapping[str, Sequence[float]]
    y_label: str


@dataclass(frozen=True)
class Answer:
    """What one question came to.

    Attributes
    ----------
    name
        Of its files, and on the command line.
    title
        The question.
    rows
        Of the table, all with the same columns.
    bars
        Of the picture.
    says
        What the columns mean.
    """

    name: str
    title: str
    rows: Sequence[Row]
    bars: Bars
    says: str


@dataclass(frozen=True)
class Bench:
    """The days that are planned and what plans them.

    Attributes
    ----------
    requests
        How many a day has.
    seed
        Of the days.
    network
        The streets; the embedded city's where there are none.
    solve
        Plans a day.
    """

    requests: int
    seed: int
    network: StreetNetwork | None
    solve: Solve

    def day(
        self,
        *,
        requests: int | None = None,
        profile: str = "weekday",
        rounds: float = 0.3,
        drivers: int | None = None,
        lanes: int | None = None,
    ) -> Day:
        """Return a seeded day, of so many requests as a day has here by default; see `geodata.demand.seeded_day`."""
        from geodata.demand import seeded_day

        content = seeded_day(
            self.requests if requests is None else requests,
            drivers=drivers,
            lanes=lanes,
            seed=self.seed,
            rounds=rounds,
            profile=profile,
            network=self._streets.network,
        )
        return content.on_streets(self._streets)[0]

    @cached_property
    def _streets(self) -> PreparedNetwork:
        from geodata.matrix import prepare
        from geodata.streets import embedded_network

        return prepare(self.network or embedded_network())


def documents_served(day: Day, plan: Plan) -> int:
    """Return how many documents the served requests of a plan have."""
    documents = {request.id: request.documents for request in day.requests}
    return sum(documents[name] for run in plan.runs for name in run.requests)


def operating_cost(plan: Plan) -> int:
    """Return the cost of the runs, kilometres and paid hours, without penalties for who is left out."""
    return plan.cost.total - plan.cost.unserved
