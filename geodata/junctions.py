"""Puts lines together whose junctions miss each other: exports that carry shapes but not which streets meet.

Three faults are put right, in this order, and each is counted:

1. vertices of different lines within `MERGE_METRES` of each other become one point;
2. lines that cross where neither has a vertex are both cut there;
3. ends that hang in the air within `SNAP_METRES` of another line are led on to it, and so are, within
   `REACH_METRES`, the ends of whole parts that meet the rest of the lines nowhere.

A line on a bridge or in a tunnel meets what lies below or above it at its ends alone: between its ends
nothing is merged, cut or snapped across levels, and how often that was so is counted too.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from geodata.earth import Floats
from geodata.network import Mask, Repair
from geodata.ways import Wholes

MERGE_METRES = 1.5
"""Perturbed junctions miss each other by up to a metre; streets lie further apart."""
SNAP_METRES = 3.0
"""Half a lane: an end this near to a street was meant to meet it."""
REACH_METRES = 10.0
"""The width of a street: a quarter whose lanes end this near to one, and that has no other way out, meets it."""


@dataclass(frozen=True, eq=False)
class Lines:
    """Lines on a flat map.

    Attributes
    ----------
    vertices
        Metres east and north, one line after the other, shape ``(vertices, 2)``.
    start
        Those of line k are ``vertices[start[k]:start[k + 1]]``, two or more; shape ``(lines + 1,)``.
    level
        0 on the ground, more on bridges, less in tunnels; shape ``(lines,)``.
    """

    vertices: Floats
    start: Wholes
    level: npt.NDArray[np.int64]

    @property
    def owner(self) -> Wholes:
        """The line of each vertex."""
        return np.repeat(np.arange(len(self.level)), np.diff(self.start))

    @property
    def is_end(self) -> Mask:
        """Say of each vertex whether its line begins or ends there."""
        ends = np.zeros(len(self.vertices), np.bool_)
        ends[self.start[:-1]] = ends[self.start[1:] - 1] = True
        return ends


@dataclass(frozen=True, eq=False)
class Joined:
    """Lines over shared points.

    Attributes
    ----------
    place
        Metres east and north per point, shape ``(points, 2)``.
    points, start
        The points of each line as in `geodata.ways.Ways`; the lines are those given, in their order.
    repairs
        What was done.
    """

    place: Floats
    points: Wholes
    start: Wholes
    repairs: tuple[Repair, ...]


@dataclass(frozen=True, eq=False)
class _Inserted:
    """New points, and where they are put into lines: (line, metres along it, point)."""

    place: Floats
    line: Wholes
    along: Floats
    point: Wholes


def joined(
    lines: Lines, *, merge: float = MERGE_METRES, snap: float = SNAP_METRES, reach: float = REACH_METRES
) -> Joined:
    """Return the lines with shared points where they meet.

    Parameters
    ----------
    lines
        As drawn.
    merge
        Metres up to which vertices of different lines are one point.
    snap
        Metres up to which an end in the air is led on to another line.
    reach
        The same for ends of parts that meet the rest nowhere.
    """
    pairs, apart = _meeting_pairs(lines, merge)
    point = _clusters(lines.vertices, pairs, merge)
    place = _centres(lines.vertices, point)
    merged = np.bincount(point)
    crossings, over = _crossings(lines, point, place, merge)
    hanging = np.flatnonzero(lines.is_end & (merged[point] == 1))
    snapped = _led_on(lines, hanging, snap, np.arange(len(lines.level)), first=len(place) + len(crossings.place))
    part = _parts(lines, point, (crossings, snapped))
    lonely = np.flatnonzero(lines.is_end & (part[lines.owner] != np.argmax(np.bincount(part, _lengths(lines)))))
    reached = _led_on(lines, lonely, reach, part, first=len(place) + len(crossings.place) + len(snapped.place))
    points, start = _with_inserted(lines, point, (crossings, snapped, reached))
    repairs = (
        Repair(
            "junctions merged",
            int((merged > 1).sum()),
            f"{int(merged[merged > 1].sum())} vertices of different lines within {merge:g} m became shared points",
        ),
        Repair("crossings cut", len(crossings.place), "lines on one level that cross where neither had a vertex"),
        Repair("ends snapped", len(snapped.place), f"ends in the air led on to another line within {snap:g} m"),
        Repair("parts reached", len(reached.place), f"ends of parts that met nothing led on, within {reach:g} m"),
        Repair("levels kept apart", apart + over, "bridges or tunnels over or under a line, not joined with it"),
    )
    return Joined(
        place=np.vstack([place, crossings.place, snapped.place, reached.place]),
        points=points,
        start=start,
        repairs=repairs,
    )


def _meeting_pairs(lines: Lines, merge: float) -> tuple[Wholes, int]:
    """Return pairs of vertices that are one point, and how many were left apart for their levels.

    Vertices of one line are not merged, but for its two ends, which may close a ring. On different levels
    at least one of the two must be an end: a ramp meets a bridge, but a street below one does not.
    """
    from scipy.spatial import cKDTree

    owner, is_end = lines.owner, lines.is_end
    pairs = cKDTree(lines.vertices).query_pairs(merge, output_type="ndarray")
    one, other = pairs.T
    pairs = pairs[(owner[one] != owner[other]) | (is_end[one] & is_end[other])]
    one, other = pairs.T
    meeting = (lines.level[owner[one]] == lines.level[owner[other]]) | is_end[one] | is_end[other]
    return pairs[meeting].astype(np.int64), int((~meeting).sum())


def _clusters(vertices: Floats, pairs: Wholes, merge: float) -> Wholes:
    """Return the number of its point per vertex: chains of pairs, cut where they would reach too far."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = coo_array((np.ones(len(pairs), np.int8), pairs.T), (len(vertices), len(vertices)))
    point = np.asarray(connected_components(links, directed=False)[1], np.int64)
    reach = 2 * merge
    by_point = np.argsort(point, kind="stable")
    first = np.searchsorted(point[by_point], np.arange(point.max(initial=-1) + 2))
    low, high = (extreme.reduceat(vertices[by_point], first[:-1], axis=0) for extreme in (np.minimum, np.maximum))
    following = point.max(initial=-1) + 1
    for each in np.flatnonzero(np.max(high - low, axis=1) > reach):
        members = by_point[first[each] : first[each + 1]]
        part = _compact_parts(vertices[members], reach)
        point[members] = np.where(part == 0, each, following + part - 1)
        following += part.max()
    return point


def _compact_parts(vertices: Floats, reach: float) -> Wholes:
    """Return groups from 0, none wider than `reach` (complete linkage)."""
    from scipy.cluster.hierarchy import fcluster, linkage

    return np.asarray(fcluster(linkage(vertices, "complete"), reach, "distance"), np.int64) - 1


def _centres(vertices: Floats, point: Wholes) -> Floats:
    count = np.bincount(point)
    return np.column_stack([np.bincount(point, axis) / count for axis in vertices.T])


def _crossings(lines: Lines, point: Wholes, place: Floats, merge: float) -> tuple[_Inserted, int]:
    """Return points for crossings on one level, and how many others are on two levels.

    Crossings beside a point that both lines share are none: they come from the junction's own inaccuracy.
    """
    import shapely

    drawn = shapely.linestrings(lines.vertices, indices=lines.owner)
    one, other = shapely.STRtree(drawn).query(drawn, predicate="crosses")
    one, other = one[one < other], other[one < other]
    where, pair = shapely.get_coordinates(shapely.intersection(drawn[one], drawn[other]), return_index=True)
    one, other = one[pair], other[pair]
    clear = ~_near_shared(lines, place[point], np.column_stack([one, other, where]), 3 * merge)
    level = lines.level[one] == lines.level[other]
    over = int((clear & ~level).sum())
    one, other, where = (each[clear & level] for each in (one, other, where))
    number = len(place) + np.arange(len(where))
    line = np.concatenate([one, other])
    along = shapely.line_locate_point(drawn[line], shapely.points(np.vstack([where, where])))
    return _Inserted(where, line.astype(np.int64), along, np.concatenate([number, number])), over


def _near_shared(lines: Lines, met: Floats, crossings: Floats, near: float) -> Mask:
    """Say of each crossing (line, other line, east, north) whether the two share a point near it.

    `met` is where the point of each vertex lies.
    """
    shared = np.zeros(len(crossings), np.bool_)
    for at, (one, other, *spot) in enumerate(crossings.tolist()):
        mine, its = (met[lines.start[int(each)] : lines.start[int(each) + 1]] for each in (one, other))
        both = mine[(mine[:, None] == its).all(axis=2).any(axis=1)]
        shared[at] = bool(np.any(np.hypot(*(both - spot).T) <= near))
    return shared


def _led_on(lines: Lines, ends: Wholes, within: float, group: Wholes, *, first: int) -> _Inserted:
    """Return points, numbered from `first`, at which ends meet the nearest line of another group on their level.

    Each is put into the other line and at the end of its own, so that no line moves.
    """
    import shapely

    owner = lines.owner
    drawn = shapely.linestrings(lines.vertices, indices=owner)
    which, line = shapely.STRtree(drawn).query(
        shapely.points(lines.vertices[ends]), predicate="dwithin", distance=within
    )
    mine = owner[ends[which]]
    possible = (group[line] != group[mine]) & (lines.level[line] == lines.level[mine])
    which, line, mine = which[possible], line[possible], mine[possible]
    spot = shapely.points(lines.vertices[ends[which]])
    nearest = np.lexsort((line, shapely.distance(spot, drawn[line]), which))
    chosen = nearest[np.unique(which[nearest], return_index=True)[1]]
    line, mine, spot, which = line[chosen], mine[chosen], spot[chosen], which[chosen]
    along = shapely.line_locate_point(drawn[line], spot)
    place = shapely.get_coordinates(shapely.line_interpolate_point(drawn[line], along))
    at_start = ends[which] == lines.start[mine]
    beyond = np.where(at_start, -1.0, shapely.length(drawn[mine]) + 1.0)
    number = first + np.arange(len(line))
    return _Inserted(
        place=place,
        line=np.concatenate([line, mine]).astype(np.int64),
        along=np.concatenate([along, beyond]),
        point=np.concatenate([number, number]),
    )


def _parts(lines: Lines, point: Wholes, inserted: tuple[_Inserted, ...]) -> Wholes:
    """Return per line the number of the part to which it belongs, of those that meet each other."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    points = np.concatenate([point, *(each.point for each in inserted)])
    line = np.concatenate([lines.owner, *(each.line for each in inserted)]) + points.max(initial=0) + 1
    size = int(line.max(initial=0)) + 1
    links = coo_array((np.ones(len(line), np.int8), (points, line)), (size, size))
    part = connected_components(links, directed=False)[1][points.max(initial=0) + 1 :]
    return np.asarray(np.unique(part, return_inverse=True)[1], np.int64)


def _lengths(lines: Lines) -> Floats:
    steps = np.hypot(*np.diff(lines.vertices, axis=0, prepend=lines.vertices[:1]).T)
    steps[lines.start[:-1]] = 0
    return np.asarray(np.bincount(lines.owner, steps, len(lines.level)), np.float64)


def _with_inserted(lines: Lines, point: Wholes, inserted: tuple[_Inserted, ...]) -> tuple[Wholes, Wholes]:
    """Return the points of each line with the inserted ones at their places, and where each line starts."""
    steps = np.hypot(*np.diff(lines.vertices, axis=0, prepend=lines.vertices[:1]).T)
    total = np.cumsum(steps)
    owner = lines.owner
    line = np.concatenate([owner, *(each.line for each in inserted)])
    along = np.concatenate([total - total[lines.start[:-1]][owner], *(each.along for each in inserted)])
    every = np.concatenate([point, *(each.point for each in inserted)])
    in_order = np.lexsort((along, line))
    counts = np.bincount(line, minlength=len(lines.level))
    return every[in_order], np.concatenate([[0], np.cumsum(counts)]).astype(np.int64)
