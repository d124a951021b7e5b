"""How long a leg takes: matrices of metres and free-flow seconds, and the traffic clock over them."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from routing._fields import LATEST, Fields, as_tuple, as_wholes
from routing.errors import Findings

IntMatrix = npt.NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class TravelTimes:
    """Metres and free-flow seconds from every place to every place.

    Neither symmetry nor the triangle inequality is assumed.

    Parameters
    ----------
    seconds, metres
        Shape ``(places, places)``, whole numbers, at least 0, zero on the diagonal; row = from,
        column = to. Both become read-only ``int32`` arrays.

    Raises
    ------
    InvalidInput
        When a matrix is not square, not of whole numbers, negative, or the two differ in shape.
    """

    seconds: IntMatrix
    metres: IntMatrix

    def __post_init__(self) -> None:
        findings = Findings("travel times")
        for name in ("seconds", "metres"):
            object.__setattr__(self, name, _whole_matrix(name, getattr(self, name), findings))
        findings.raise_if_any()
        findings.expect(
            self.seconds.shape == self.metres.shape,
            "metres",
            f"has shape {self.metres.shape}, but seconds has {self.seconds.shape}: expected the same",
        )
        findings.raise_if_any()

    @property
    def places(self) -> int:
        """How many places the matrices cover."""
        return int(self.seconds.shape[0])

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, TravelTimes)
            and np.array_equal(self.seconds, other.seconds)
            and np.array_equal(self.metres, other.metres)
        )

    __hash__ = None  # type: ignore[assignment]


def _whole_matrix(name: str, given: npt.ArrayLike, findings: Findings) -> IntMatrix:
    raw = _as_array(name, given, findings)
    empty = np.zeros((0, 0), np.int32)
    square = raw.ndim == 2 and raw.shape[0] == raw.shape[1]
    if not findings.expect(square, name, f"has shape {raw.shape}: expected a square matrix"):
        return empty
    numeric = np.issubdtype(raw.dtype, np.integer) or np.issubdtype(raw.dtype, np.floating)
    if not findings.expect(numeric, name, f"holds {raw.dtype}: expected whole numbers"):
        return empty
    if np.issubdtype(raw.dtype, np.floating):
        whole = bool(np.all(np.isfinite(raw))) and bool(np.all(raw == np.floor(raw)))
        if not findings.expect(whole, name, "has fractions or non-finite values: expected whole numbers"):
            return empty
    in_range = raw.size == 0 or (raw.min() >= 0 and raw.max() <= 2**30)
    if not findings.expect(bool(in_range), name, "has values outside 0..2^30: expected a travel time or length"):
        return empty
    findings.expect(
        not np.any(np.diagonal(raw)), name, "is not 0 on the diagonal: a place is at no distance from itself"
    )
    if raw.dtype == np.int32 and not raw.flags.writeable and raw.flags.c_contiguous:
        return raw
    matrix = np.array(raw, dtype=np.int32, order="C")
    matrix.flags.writeable = False
    return matrix


def _as_array(name: str, given: npt.ArrayLike, findings: Findings) -> npt.NDArray[Any]:
    try:
        return np.asarray(given)
    except (TypeError, ValueError) as error:
        findings.expect(False, name, f"is no matrix ({error}): expected a square matrix")
        return np.zeros((0, 0), np.int32)


@dataclass(frozen=True)
class TrafficClock:
    """A piecewise-constant speed factor over the day.

    With F(t) the integral of the factor up to t, a leg of b free-flow seconds that starts at t
    arrives at ``ceil(F^-1(F(t) + b))``: first-in first-out and exact in whole numbers (the model of
    Ichoua, Gendreau and Potvin 2003).

    Parameters
    ----------
    profile
        Pairs (start in seconds after midnight, factor in thousandths > 0) with strictly increasing
        starts. Before the first start the first factor holds, after the last the last.

    Examples
    --------
    >>> from routing import TrafficClock
    >>> rush = TrafficClock(((0, 1000), (25200, 500)))
    >>> rush.arrival(25000, 300)   # 200 s at full speed, 100 s of work at half speed
    25400
    """

    profile: tuple[tuple[int, int], ...] = field(default=((0, 1000),))

    def __post_init__(self) -> None:
        fields = Fields(self, "traffic")
        pairs = [as_wholes(pair, 2) for pair in as_tuple(self.profile) or ()]
        profile = [(pair[0], pair[1]) for pair in pairs if pair is not None]
        if fields.expect(
            0 < len(profile) == len(pairs),
            "profile",
            f"is {self.profile!r}: expected at least one (start, thousandths), both whole numbers",
        ):
            object.__setattr__(self, "profile", tuple(profile))
        fields.expect(
            all(before < after for (before, _), (after, _) in pairwise(profile)),
            "profile",
            "has starts that do not increase: expected strictly increasing seconds",
        )
        for start, factor in profile:
            fields.expect(
                1 <= factor <= 100_000, "profile", f"factor {factor} at {start}: expected 1..100000 thousandths"
            )
            fields.expect(abs(start) <= LATEST, "profile", f"start {start}: expected seconds of the day")
        fields.raise_if_any()

    @property
    def is_flat(self) -> bool:
        """Whether the factor is 1 all day, so that a leg takes its free-flow time."""
        return all(factor == 1000 for _, factor in self.profile)

    def arrival(self, start: int, free_flow: int) -> int:
        """When a leg of `free_flow` seconds that starts at `start` arrives.

        Parameters
        ----------
        start
            Seconds after midnight.
        free_flow
            Seconds the leg takes at factor 1.
        """
        # Plain ints: those of a matrix are 32 bits wide and would overflow.
        now, left = int(start), int(free_flow) * 1000
        following = [begin for begin, _ in self.profile[1:]]
        for (_, factor), until in zip(self.profile, following, strict=False):
            if now >= until:
                continue
            if factor * (until - now) >= left:
                return now - (-left // factor)
            left -= factor * (until - now)
            now = until
        return now - (-left // self.profile[-1][1])

    def arrivals(self, starts: npt.NDArray[np.int64], free_flow: int) -> npt.NDArray[np.int64]:
        """When legs of `free_flow` seconds arrive that start at each of `starts`: `arrival`, many at once."""
        now, left = starts, np.full(starts.shape, 1000 * int(free_flow), np.int64)
        following = [begin for begin, _ in self.profile[1:]]
        for (_, factor), until in zip(self.profile, following, strict=False):
            room = factor * np.maximum(until - now, 0)
            ends = left <= room
            now = np.where(ends, now - (-left // factor), np.maximum(now, until))
            left = np.where(ends, 0, left - room)
        return now - (-left // self.profile[-1][1])
