"""The problem as the compiled core sees it: a named tuple of flat integer arrays.

Costs inside the search are exact whole numbers of 1/18000 cost unit, in which metres times cost per kilometre and
seconds times cost per hour are both whole.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

I32 = npt.NDArray[np.int32]
I64 = npt.NDArray[np.int64]
U8 = npt.NDArray[np.uint8]

FINE = 18_000
"""Parts of a cost unit in which the search counts."""
FINE_METRE, FINE_SECOND = FINE // 1000, FINE // 3600
UNKNOWN = -1
NEVER = 2**31 - 1
"""Later than any time of a day."""

# Columns of `Problem.kinds`: what drivers of one kind have in common.
START, END, LEAVE, CLOSE, CAPACITY, MAX_TRIPS, MAX_STOPS, MAX_METRES = range(8)
COST_RUN, COST_METRE, COST_SECOND, BREAKS = range(8, 12)
# ... and the state in which they start, on a day under way.
BEGAN, RETURNS0, PICKUPS0, PICKUPS_DUE0, TRIPS0, TRIP_OPEN0, STOPS0, METRES0, PAID0 = range(12, 21)
KIND_COLUMNS = 21


class Problem(NamedTuple):
    """One day, or one zone of it, in arrays. Stops are numbered 0..n-1; a run's hub visits are written as n.

    Attributes
    ----------
    seconds, metres
        Shape (places, places).
    worth, worth_to, coarse
        What a leg costs those who cost least, at the day's mean speed, in fine units shifted right by `coarse`, and
        the transpose of it, in which all legs to one place lie together.
    least_second, time_share
        What a paid second costs at least, in fine units; how much of a leg's worth is time, in 1/1024.
    hub
        The hub's place.
    place, access, service, returns, pickups, ready, due, penalty
        Per stop: place, seconds once per visit, seconds at the door, documents brought and fetched, when the former
        can be loaded, when the latter must have been unloaded, and what leaving the stop out costs.
    window_at, opens, closes
        Stop u may begin in [opens[w], closes[w]] for w in window_at[u]:window_at[u+1].
    partner
        Per stop: the other stop of its round trip, or -1. `is_second` marks the return of the two.
    on_board
        Per stop: 1 where its documents are on board when planning starts.
    kinds, breaks, kind_of
        Per kind of driver: the columns named above, its breaks (earliest, latest, length); per run: its kind.
    can
        Shape (kinds, stops): 1 where a driver of the kind may serve the stop.
    kind_at, kind_runs
        Runs of kind k are kind_runs[kind_at[k]:kind_at[k+1]].
    hub_opens, hub_closes, lanes, base, per_document, processing
        The hub; 0 lanes are unlimited.
    blocked
        Shape (blocks, 3): lane, begin, end of lane time taken by others.
    clock_start, clock_factor, flat
        The traffic clock; flat is 1 where it is 1000 all day.
    near
        Shape (stops, neighbours): the stops nearest in place and time, nearest first, -1 where there are fewer.
    around
        The same by place alone.
    frozen
        Per stop: 1 where it must not leave its run in this zone.
    multi_trip, paid, linked
        1 where some driver may make several trips, time costs something, there are round trips.
    free_runs
        1 where drivers make one trip each, a run costs nothing but its way, and nobody is under way; then a zone may
        be sparing of runs.
    fairness, mean_paid
        What a second costs by which a run's paid time differs from the mean one, in fine units; and that mean,
        UNKNOWN as long as shares do not count.
    plain
        1 where a departure follows from the one before alone: no breaks, lanes, round trips, due times, time at the
        hub or paid time.
    """

    seconds: I32
    metres: I32
    worth: I32
    worth_to: I32
    coarse: int
    least_second: int
    time_share: int
    hub: int
    place: I64
    access: I64
    service: I64
    returns: I64
    pickups: I64
    ready: I64
    due: I64
    penalty: I64
    window_at: I64
    opens: I64
    closes: I64
    partner: I64
    is_second: I64
    on_board: I64
    kinds: I64
    breaks: I64
    kind_of: I64
    can: U8
    kind_at: I64
    kind_runs: I64
    hub_opens: I64
    hub_closes: I64
    lanes: int
    base: int
    per_document: int
    processing: int
    blocked: I64
    clock_start: I64
    clock_factor: I64
    flat: int
    near: I64
    around: I64
    frozen: I64
    multi_trip: int
    paid: int
    plain: int
    linked: int
    free_runs: int
    fairness: int
    mean_paid: int

    @property
    def stops(self) -> int:
        """How many stops there are."""
        return len(self.place)

    @property
    def runs(self) -> int:
        """How many runs there may be: one per driver."""
        return len(self.kind_of)
