"""How two plans of a day differ: who serves what, in which order, and what that costs."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, fields
from difflib import SequenceMatcher

from routing.plan import CostBreakdown, Plan

__all__ = ["Difference", "Moved", "difference"]


@dataclass(frozen=True)
class Moved:
    """A request that another driver serves; None where the plan does not serve it."""

    request: str
    before: str | None
    after: str | None


@dataclass(frozen=True)
class Difference:
    """What changes from one plan to the other.

    Attributes
    ----------
    moved
        Requests that change driver, or that only one of the plans serves.
    reordered
        Per driver, requests that stay on the run but at another place in its order: the fewest that explain it.
    retimed
        Requests whose stop keeps driver and order and begins at another moment, with the seconds it begins later.
    cost
        Costs of the other plan less those of the first, kind by kind, in cost units.
    """

    moved: tuple[Moved, ...]
    reordered: dict[str, tuple[str, ...]]
    retimed: dict[str, int]
    cost: CostBreakdown

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.moved or self.reordered or self.retimed or any(asdict(self.cost).values()))

    def to_json(self) -> str:
        """Return the difference as JSON text."""
        return json.dumps(asdict(self), indent=1, ensure_ascii=False)


def difference(plan: Plan, other: Plan) -> Difference:
    """Return what is different in `other`.

    Examples
    --------
    >>> import routing
    >>> nothing = routing.Plan(runs=(), unserved=(), cost=routing.CostBreakdown(0, 0, 0, 0, 0, 0))
    >>> bool(routing.difference(nothing, nothing))
    False
    """
    before, after = _drivers(plan), _drivers(other)
    names = dict.fromkeys((*before, *after))
    moved = tuple(
        Moved(name, before.get(name), after.get(name)) for name in names if before.get(name) != after.get(name)
    )
    reordered = _reordered(plan, other)
    settled = {each.request for each in moved} | {name for run in reordered.values() for name in run}
    began, begins = _begins(plan), _begins(other)
    retimed = {
        name: begins[name] - began[name] for name in names if name not in settled and begins[name] != began[name]
    }
    cost = {each.name: getattr(other.cost, each.name) - getattr(plan.cost, each.name) for each in fields(CostBreakdown)}
    return Difference(moved, reordered, retimed, CostBreakdown(**cost))


def _drivers(plan: Plan) -> dict[str, str]:
    return {name: run.driver for run in plan.runs for name in run.requests}


def _begins(plan: Plan) -> dict[str, int]:
    return {name: visit.begin for run in plan.runs for visit in run.visits for name in visit.requests}


def _reordered(plan: Plan, other: Plan) -> dict[str, tuple[str, ...]]:
    """Per driver, of the requests in both runs those outside a longest common order, largely."""
    runs = {run.driver: run.requests for run in other.runs}
    found = {}
    for run in plan.runs:
        there = runs.get(run.driver, ())
        one, two = [name for name in run.requests if name in there], [name for name in there if name in run.requests]
        kept = {
            name
            for block in SequenceMatcher(None, one, two, autojunk=False).get_matching_blocks()
            for name in one[block.a : block.a + block.size]
        }
        if len(kept) < len(one):
            found[run.driver] = tuple(name for name in two if name not in kept)
    return found
