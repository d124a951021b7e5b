"""A street network as flat arrays: what every other module of the city works on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from geodata.earth import Floats
from geodata.speeds import ROADS, RoadTable
from routing.errors import InvalidInput, Problem

Indices = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Dropped:
    """What was left out of a network, and why.

    Attributes
    ----------
    reason
        ``closed to motorcycles`` or ``not strongly connected``.
    nodes, edges
        How many nodes and directed edges.
    km
        Kilometres of street, a two-way street counted once.
    """

    reason: str
    nodes: int
    edges: int
    km: float


@dataclass(frozen=True)
class Repair:
    """What was put right in a source whose streets do not meet.

    Attributes
    ----------
    what
        For instance ``ends snapped``.
    count
        How many.
    note
        What that means, for people.
    """

    what: str
    count: int
    note: str


NOT_CONNECTED = "not strongly connected"
CLOSED_ROADS = "closed to motorcycles"


@dataclass(frozen=True, eq=False)
class StreetNetwork:
    """Streets as nodes and directed edges.

    Attributes
    ----------
    name
        For people, for instance ``embedded``.
    source
        Where it comes from: a file, or how it was made.
    lon, lat
        Degrees per node, shape ``(nodes,)``.
    tail, head
        Nodes at the ends of each directed edge, shape ``(edges,)``.
    metres
        Length of each edge, whole metres, at least 1.
    seconds
        Free-flow time of each edge, whole tenths of a second, at least 0.1.
    road_class
        Index into `classes` per edge.
    classes
        Names of the road classes, see `geodata.speeds`.
    bends, bend_start
        Points (lon, lat) between the ends of the edges, shape ``(points, 2)``; those of edge e are
        ``bends[bend_start[e]:bend_start[e + 1]]``, from tail to head.
    dropped
        What is not in it although its source holds it.
    repairs
        What was put right in its source.
    names
        Names of streets, each once; empty where the source knows none.
    named
        Index into `names` per edge, -1 without a name; shape ``(edges,)``, or ``(0,)`` without names.
    order
        The contraction order of its hierarchy, node by node from the first contracted; empty where none
        is known yet. It depends on which streets meet alone, not on how fast they are.
    """

    name: str
    source: str
    lon: Floats
    lat: Floats
    tail: Indices
    head: Indices
    metres: npt.NDArray[np.int32]
    seconds: Floats
    road_class: npt.NDArray[np.int8]
    classes: tuple[str, ...]
    bends: Floats
    bend_start: npt.NDArray[np.int64]
    dropped: tuple[Dropped, ...] = ()
    repairs: tuple[Repair, ...] = ()
    names: tuple[str, ...] = ()
    named: Indices = field(default_factory=lambda: np.zeros(0, np.int32))
    order: Indices = field(default_factory=lambda: np.zeros(0, np.int32))

    @property
    def nodes(self) -> int:
        """How many nodes."""
        return len(self.lon)

    @property
    def edges(self) -> int:
        """How many directed edges."""
        return len(self.tail)

    def line(self, edge: int) -> list[tuple[float, float]]:
        """Return the (lon, lat) points of an edge from its tail to its head."""
        inner = self.bends[self.bend_start[edge] : self.bend_start[edge + 1]].tolist()
        return [self.point(self.tail[edge]), *((lon, lat) for lon, lat in inner), self.point(self.head[edge])]

    def point(self, node: int) -> tuple[float, float]:
        """Return a node's (lon, lat)."""
        return float(self.lon[node]), float(self.lat[node])

    def name_of(self, edge: int) -> str:
        """Return the name of the street of an edge, empty where it has none."""
        number = int(self.named[edge]) if len(self.named) else -1
        return self.names[number] if number >= 0 else ""

    def street_metres(self) -> Floats:
        """Return metres of street per class, shape ``(classes,)``, a two-way street counted once."""
        low, high = np.minimum(self.tail, self.head).astype(np.int64), np.maximum(self.tail, self.head)
        street = (low * self.nodes + high) * len(self.classes) + self.road_class
        keys, place = np.unique(street, return_inverse=True)
        forward = np.bincount(place, self.metres * (self.tail <= self.head), len(keys))
        backward = np.bincount(place, self.metres * (self.tail > self.head), len(keys))
        longer = np.maximum(forward, backward)
        return np.asarray(np.bincount(keys % len(self.classes), longer, len(self.classes)), np.float64)

    def summary(self) -> dict[str, Any]:
        """Return the network's figures, ready for JSON.

        Returns
        -------
        dict
            ``name``, ``source``, ``nodes``, ``edges``, ``km`` of street, ``connected_share`` (of the
            kilometres open to motorcycles, what is strongly connected and so kept), ``by_class`` (km),
            ``one_way_share`` (of the directed edges), ``named_share`` (of the directed edges),
            ``dropped`` and ``repairs``.
        """
        by_class = self.street_metres() / 1000
        km = float(by_class.sum())
        stranded = sum(each.km for each in self.dropped if each.reason == NOT_CONNECTED)
        return {
            "name": self.name,
            "source": self.source,
            "nodes": self.nodes,
            "edges": self.edges,
            "km": round(km, 3),
            "connected_share": round(km / (km + stranded), 4) if km else 0.0,
            "by_class": {
                name: round(float(share), 3) for name, share in zip(self.classes, by_class, strict=True) if share
            },
            "one_way_share": round(float(np.mean(self.one_way())), 4),
            "named_share": round(float(np.mean(self.named >= 0)), 4) if len(self.named) else 0.0,
            "dropped": [
                {"reason": each.reason, "nodes": each.nodes, "edges": each.edges, "km": round(each.km, 3)}
                for each in self.dropped
            ],
            "repairs": [{"what": each.what, "count": each.count, "note": each.note} for each in self.repairs],
        }

    def one_way(self) -> Mask:
        """Say of each edge whether no edge leads back, shape ``(edges,)``."""
        there = self.tail.astype(np.int64) * self.nodes + self.head
        back = self.head.astype(np.int64) * self.nodes + self.tail
        return ~np.isin(back, there)


def make_network(
    *,
    name: str,
    source: str,
    lon: npt.ArrayLike,
    lat: npt.ArrayLike,
    tail: npt.ArrayLike,
    head: npt.ArrayLike,
    metres: npt.ArrayLike,
    classes: Sequence[str],
    bends: Floats | None = None,
    bend_counts: npt.ArrayLike | None = None,
    street_names: Sequence[str] = (),
    roads: RoadTable = ROADS,
    dropped: tuple[Dropped, ...] = (),
    repairs: tuple[Repair, ...] = (),
) -> StreetNetwork:
    """Return a network ready for travel: open to motorcycles, timed, strongly connected.

    Parameters
    ----------
    name, source
        See `StreetNetwork`.
    lon, lat
        Degrees per node.
    tail, head
        Nodes per directed edge.
    metres
        Length per directed edge.
    classes
        The road class per directed edge, a word of `geodata.speeds`.
    bends, bend_counts
        Points (lon, lat) between the ends of the edges, one edge after the other from its tail to its
        head, and how many each edge has; None when all edges are straight.
    street_names
        The street's name per directed edge, empty where it has none; none at all when no name is known.
    roads
        Which classes are open, and how fast they are.
    dropped
        What the source holds and was left out before.
    repairs
        What was put right in the source before.

    Returns
    -------
    StreetNetwork
        The largest strongly connected part; what was left out stands in its `dropped`.

    Raises
    ------
    InvalidInput
        When no street is open to motorcycles, or none can be ridden there and back.
    """
    names, road_class = np.unique(np.asarray(classes, dtype=np.str_), return_inverse=True)
    whole = np.maximum(np.rint(np.asarray(metres, np.float64)), 1)
    known, named = _named(street_names)
    counts = np.zeros(len(whole), np.int64) if bend_counts is None else np.asarray(bend_counts, np.int64)
    everything = StreetNetwork(
        name=name,
        source=source,
        lon=np.asarray(lon, np.float64),
        lat=np.asarray(lat, np.float64),
        tail=np.asarray(tail, np.int32),
        head=np.asarray(head, np.int32),
        metres=whole.astype(np.int32),
        seconds=_free_flow(whole, names.tolist(), road_class, roads),
        road_class=road_class.astype(np.int8),
        classes=tuple(str(each) for each in names),
        bends=np.zeros((0, 2)) if bends is None else np.asarray(bends, np.float64).reshape(-1, 2),
        bend_start=np.concatenate([[0], np.cumsum(counts)]),
        dropped=dropped,
        repairs=repairs,
        names=known,
        named=named,
    )
    is_open = ~np.isin(names, list(roads.closed))
    network = _part(everything, is_open[road_class], reason=CLOSED_ROADS)
    if network.edges == 0:
        found = ", ".join(everything.classes) or "no street at all"
        raise InvalidInput([Problem(source, "highway", f"has {found}: expected streets open to motorcycles")])
    network = largest_part(network)
    if network.edges == 0:
        raise InvalidInput([Problem(source, "edge", "no street leads back to where it began: expected a network")])
    return network


def retimed(network: StreetNetwork, roads: RoadTable) -> StreetNetwork:
    """Return the same streets with the speeds of another table.

    Raises
    ------
    InvalidInput
        When the table closes a class of road that the network holds: other streets may hang on those.
    """
    closed = [name for name, metres in zip(network.classes, network.street_metres(), strict=True) if metres]
    closed = [name for name in closed if name in roads.closed]
    if closed:
        message = (
            f"{', '.join(closed)}: closed by the table, but part of the network: expected the source, imported anew"
        )
        raise InvalidInput([Problem(network.name, "class", message)])
    seconds = _free_flow(network.metres.astype(np.float64), network.classes, network.road_class, roads)
    return replace(network, seconds=seconds)


def _free_flow(metres: Floats, classes: Sequence[str], road_class: npt.NDArray[Any], roads: RoadTable) -> Floats:
    """Return seconds per edge, whole tenths and at least one of them."""
    pace = np.array([3.6 / roads.speed(name) for name in classes])
    return np.asarray(np.maximum(np.rint(metres * pace[road_class] * 10), 1) / 10, np.float64)


def _named(street_names: Sequence[str]) -> tuple[tuple[str, ...], Indices]:
    """Return the names once each, and per edge the number of its own."""
    if not any(street_names):
        return (), np.zeros(0, np.int32)
    names = sorted(set(street_names) - {""})
    number = {name: at for at, name in enumerate(names)} | {"": -1}
    return tuple(names), np.array([number[name] for name in street_names], np.int32)


def largest_part(network: StreetNetwork) -> StreetNetwork:
    """Return the part with the most nodes in which every node reaches every other."""
    group = connected_groups(network)
    kept = group == np.argmax(np.bincount(group))
    return _part(network, kept[network.tail] & kept[network.head], reason=NOT_CONNECTED)


def connected_groups(network: StreetNetwork) -> Indices:
    """Return per node the number of its strongly connected group, shape ``(nodes,)``."""
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    links = coo_array((np.ones(network.edges, np.int8), (network.tail, network.head)), (network.nodes, network.nodes))
    _, group = connected_components(links, directed=True, connection="strong")
    return np.asarray(group, np.int32)


def _part(network: StreetNetwork, kept: Mask, *, reason: str) -> StreetNetwork:
    """Return the network of the `kept` edges and the nodes they touch, with the rest noted as dropped."""
    touched = np.zeros(network.nodes, np.bool_)
    touched[network.tail[kept]] = touched[network.head[kept]] = True
    if touched.all() and kept.all():
        return network
    new_number = np.cumsum(touched) - 1
    counts = np.diff(network.bend_start)
    part = replace(
        network,
        lon=network.lon[touched],
        lat=network.lat[touched],
        tail=new_number[network.tail[kept]].astype(np.int32),
        head=new_number[network.head[kept]].astype(np.int32),
        metres=network.metres[kept],
        seconds=network.seconds[kept],
        road_class=network.road_class[kept],
        bends=network.bends[np.repeat(kept, counts)],
        bend_start=np.concatenate([[0], np.cumsum(counts[kept])]),
        named=network.named[kept] if len(network.named) else network.named,
        order=np.zeros(0, np.int32),
    )
    lost = (network.street_metres().sum() - part.street_metres().sum()) / 1000
    dropped = Dropped(reason, int((~touched).sum()), int((~kept).sum()), float(lost))
    return replace(part, dropped=(*network.dropped, dropped))
