"""Travel times over a street network by customizable contraction hierarchies, and the streets of a leg.

The hierarchy depends on the streets alone; other speeds re-customize it in milliseconds. Matrices come from
`geodata.hierarchy`, in whole numbers of 64 bits that hold ``tenths of a second * 2^32 + metres``: the fastest
path is found, of equally fast ones the shortest, and the sum tells both apart.

The streets of a leg come from RoutingKit's own queries, whose sums have 31 bits: ``tenths * 2^15 + metres`` as
long as they tell both apart, and otherwise time alone; of equally fast ways it is then any.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from geodata.hierarchy import Hierarchy, customized, make_hierarchy, travel_between
from geodata.network import StreetNetwork, connected_groups, retimed
from geodata.speeds import RoadTable
from routing.errors import InvalidInput, Problem
from routing.travel import TravelTimes

if TYPE_CHECKING:
    from routingkit_cch import CCH, CCHMetric, CCHQuery

LonLat = tuple[float, float]
Matrix = npt.NDArray[np.int32]
_PATH_METRES = 15
_INFINITE = 2**31 - 1
"""RoutingKit's own infinity: sums from here on count as unreachable."""


def contraction_order(network: StreetNetwork) -> npt.NDArray[np.int32]:
    """Return the nodes of a network from the first to the last contracted, shape ``(nodes,)``."""
    from routingkit_cch import compute_order_inertial

    tail, head = network.tail.tolist(), network.head.tolist()
    order = compute_order_inertial(network.nodes, tail, head, network.lat.tolist(), network.lon.tolist())
    return np.asarray(order, np.int32)


def prepare(network: StreetNetwork) -> PreparedNetwork:
    """Return the network with its contraction hierarchy.

    Raises
    ------
    InvalidInput
        When some street cannot be reached from some other one.
    """
    return PreparedNetwork(network)


class PreparedNetwork:
    """A street network that answers travel times.

    Parameters
    ----------
    network
        Strongly connected, as `load_network` and `embedded_network` return it.

    Attributes
    ----------
    network
        The same, with its contraction order.
    """

    def __init__(self, network: StreetNetwork) -> None:
        if np.any(connected_groups(network)):
            message = "has streets that cannot be reached from others: expected geodata.network.largest_part of it"
            raise InvalidInput([Problem(network.name, "edges", message)])
        if not len(network.order):
            network = replace(network, order=contraction_order(network))
        self._set(network, make_hierarchy(network.order, network.tail, network.head))

    def _set(self, network: StreetNetwork, hierarchy: Hierarchy) -> None:
        self.network = network
        self._hierarchy = hierarchy
        self._tenths = np.maximum(np.rint(network.seconds * 10).astype(np.int64), 1)
        self._weighted = customized(hierarchy, self._tenths, network.metres)

    def retimed(self, roads: RoadTable) -> PreparedNetwork:
        """Return the same streets with the speeds of another table; the hierarchy is re-used.

        Raises
        ------
        InvalidInput
            When the table closes a class of road that the network holds.
        """
        other = PreparedNetwork.__new__(PreparedNetwork)
        other._set(retimed(self.network, roads), self._hierarchy)
        return other

    def travel(self, nodes: npt.ArrayLike) -> TravelTimes:
        """Return seconds and metres from every one of the nodes to every one.

        Parameters
        ----------
        nodes
            Indices of street nodes, one per place; places may share a node.

        Returns
        -------
        TravelTimes
            In the order of `nodes`. Seconds are those of the fastest path rounded half up, at least 1
            between different nodes; metres are those of the same path. Places at one node are at no
            distance.

        Notes
        -----
        The matrices take 8 bytes per pair; see `rows` where that is too much at once.
        """
        checked = self._checked(nodes)
        seconds, metres = travel_between(self._weighted, checked, checked)
        seconds.flags.writeable = metres.flags.writeable = False
        return TravelTimes(seconds=seconds, metres=metres)

    def rows(
        self, sources: npt.ArrayLike, targets: npt.ArrayLike, *, block: int = 512
    ) -> Iterator[tuple[Matrix, Matrix]]:
        """Yield seconds and metres from some nodes to others, a few sources at a time.

        Parameters
        ----------
        sources, targets
            Indices of street nodes.
        block
            Sources at a time: memory follows it, not the number of sources.

        Yields
        ------
        tuple
            Seconds and metres as `travel` gives them, each of shape ``(sources of the block, targets)``; the
            blocks follow each other in the order of `sources`.
        """
        origins, goals = self._checked(sources), self._checked(targets)
        for first in range(0, len(origins), block):
            yield travel_between(self._weighted, origins[first : first + block], goals)

    def paths(self, pairs: Iterable[tuple[int, int]]) -> list[list[LonLat]]:
        """Return the fastest way's (lon, lat) points for each (from, to) pair of street nodes.

        Each line has at least two points: a pair of one node twice gives that node's point twice.
        """
        asked = [(int(a), int(b)) for a, b in pairs]
        self._checked([node for pair in asked for node in pair])
        return [self._points(pair[0], edges) for pair, edges in zip(asked, self._edges(asked), strict=True)]

    def path(self, start: int, end: int) -> list[LonLat]:
        """Return the (lon, lat) points of the fastest way from one street node to another."""
        return self.paths([(start, end)])[0]

    def _edges(self, pairs: list[tuple[int, int]]) -> list[list[int]]:
        from routingkit_cch import CCHQuery

        by_both, by_time = (CCHQuery(metric) for metric in self._path_metrics)
        ways = []
        for start, end in pairs:
            total, edges = _run(by_both, start, end)
            if self._is_doubtful(total):
                _, edges = _run(by_time, start, end)
            ways.append(edges)
        return ways

    @cached_property
    def _path_metrics(self) -> tuple[CCHMetric, CCHMetric]:
        """By time and then length, and by time alone."""
        from routingkit_cch import CCH, CCHMetric

        network = self.network
        hierarchy: CCH = CCH(network.order.tolist(), network.tail.tolist(), network.head.tolist(), False)
        both = (self._tenths << _PATH_METRES) + network.metres
        weights = (np.minimum(each, _INFINITE).tolist() for each in (both, self._tenths))
        by_both, by_time = (CCHMetric(hierarchy, each) for each in weights)
        return by_both, by_time

    def _is_doubtful(self, total: int) -> bool:
        """Say whether a sum may hold a path of 2^15 metres or more: no road is fast enough to rule it out."""
        tenths, metres = divmod(total, 1 << _PATH_METRES)
        fastest = float(np.max(self.network.metres / self._tenths))
        return total >= _INFINITE or metres + (1 << _PATH_METRES) <= tenths * fastest

    def _points(self, start: int, edges: list[int]) -> list[LonLat]:
        points = [self.network.point(start)]
        for edge in edges:
            points += self.network.line(edge)[1:]
        return points if edges else points * 2

    def _checked(self, nodes: npt.ArrayLike) -> npt.NDArray[np.int64]:
        given = np.asarray(nodes, dtype=np.int64).reshape(-1)
        wrong = given[(given < 0) | (given >= self.network.nodes)]
        if len(wrong):
            message = f"{wrong[0]} is none of the network's: expected 0..{self.network.nodes - 1}"
            raise InvalidInput([Problem(self.network.name, "node", message)])
        return given


def _run(query: CCHQuery, start: int, end: int) -> tuple[int, list[int]]:
    # The result dies with this frame: the library allows no new query before.
    result = query.run(start, end)
    return (_INFINITE if result.distance is None else result.distance), result.arc_path
